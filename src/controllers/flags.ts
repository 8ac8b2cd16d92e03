/** kube-controller-manager's flags as its controllers read them; the defaults are upstream's. */
export interface ControllerFlags {
  /** `--root-ca-file`: what pods check the API server with, PEM. */
  readonly rootCaPem: string;
  /** `--node-monitor-period`. */
  readonly nodeMonitorPeriodMs: number;
  /** `--node-monitor-grace-period`: how long a kubelet may be silent. */
  readonly nodeMonitorGracePeriodMs: number;
  /** `--node-startup-grace-period`. */
  readonly nodeStartupGracePeriodMs: number;
  /** `--node-eviction-rate`, nodes a second in a healthy zone. */
  readonly nodeEvictionRate: number;
  /** `--secondary-node-eviction-rate`, in a zone that is partly gone. */
  readonly secondaryNodeEvictionRate: number;
  /** `--large-cluster-size-threshold`. */
  readonly largeClusterSizeThreshold: number;
  /** `--unhealthy-zone-threshold`. */
  readonly unhealthyZoneThreshold: number;
  /** `--terminated-pod-gc-threshold`; 0 for none. */
  readonly terminatedPodGcThreshold: number;
  /** `--cluster-cidr`; '' when nodes get no address ranges (`--allocate-node-cidrs=false`). */
  readonly clusterCidr: string;
  /** `--node-cidr-mask-size` and `--node-cidr-mask-size-ipv4`. */
  readonly nodeCidrMaskSize: number;
  /** `--node-cidr-mask-size-ipv6`. */
  readonly nodeCidrMaskSizeIpv6: number;
  /** The `--concurrent-…-syncs`, by the controller's full name; a controller's own number where none was given. */
  readonly concurrentSyncs: Readonly<Record<string, number>>;
  /** `--pvclaimbinder-sync-period`. */
  readonly claimBinderSyncMs: number;
  /** `--resource-quota-sync-period`. */
  readonly resourceQuotaSyncMs: number;
  /** `--horizontal-pod-autoscaler-sync-period`. */
  readonly autoscalerSyncMs: number;
  /** `--horizontal-pod-autoscaler-downscale-stabilization`. */
  readonly autoscalerDownscaleStabilizationMs: number;
  /** `--horizontal-pod-autoscaler-tolerance`. */
  readonly autoscalerTolerance: number;
  /** `--horizontal-pod-autoscaler-cpu-initialization-period`. */
  readonly autoscalerCpuInitializationMs: number;
  /** `--horizontal-pod-autoscaler-initial-readiness-delay`. */
  readonly autoscalerInitialReadinessMs: number;
  /** `--max-endpoints-per-slice`. */
  readonly maxEndpointsPerSlice: number;
  /** `--mirroring-max-endpoints-per-subset`. */
  readonly mirroringMaxEndpointsPerSubset: number;
  /** `--cluster-signing-cert-file` and `-key-file`, PEM; without them no certificate is signed. */
  readonly clusterSigning?: { readonly certificatePem: string; readonly privateKeyPem: string };
  /** `--cluster-signing-duration`. */
  readonly clusterSigningDurationMs: number;
}

export const defaultFlags: ControllerFlags = {
  rootCaPem: '',
  nodeMonitorPeriodMs: 5_000,
  nodeMonitorGracePeriodMs: 50_000,
  nodeStartupGracePeriodMs: 60_000,
  nodeEvictionRate: 0.1,
  secondaryNodeEvictionRate: 0.01,
  largeClusterSizeThreshold: 50,
  unhealthyZoneThreshold: 0.55,
  terminatedPodGcThreshold: 12_500,
  clusterCidr: '',
  nodeCidrMaskSize: 24,
  nodeCidrMaskSizeIpv6: 64,
  concurrentSyncs: {},
  claimBinderSyncMs: 15_000,
  resourceQuotaSyncMs: 300_000,
  autoscalerSyncMs: 15_000,
  autoscalerDownscaleStabilizationMs: 300_000,
  autoscalerTolerance: 0.1,
  autoscalerCpuInitializationMs: 300_000,
  autoscalerInitialReadinessMs: 30_000,
  maxEndpointsPerSlice: 100,
  mirroringMaxEndpointsPerSubset: 1_000,
  clusterSigningDurationMs: 365 * 24 * 3_600_000,
};
