import {
  accepted,
  CommandLineError,
  fixed,
  obeyed,
  readComponentLine,
  refused,
  type FlagTable,
  type ReadLine,
} from '../codec/component-flags.ts';
import { FlagError } from '../codec/flags.ts';
import { clientFlags, commonFlags, leaderElectionFlags, ownPortFlags } from '../api/component-flags.ts';
import type { ControllerFlags } from './flags.ts';
import { chooseByName } from './names.ts';
import { addressRangeProblem } from './node-ipam/address-ranges.ts';

/** What kube-controller-manager's command line sets. Files are named here, and read by whoever starts the manager. */
export interface ManagerSettings extends Omit<ControllerFlags, 'rootCaPem' | 'clusterSigning'> {
  /** `--root-ca-file`. */
  readonly rootCaFile: string;
  readonly clusterSigningCertFile: string;
  readonly clusterSigningKeyFile: string;
  /** `--controllers`, by the controllers' full names. */
  readonly controllers: readonly string[];
  readonly allocateNodeCidrs: boolean;
  readonly enableGarbageCollector: boolean;
}

/** Throws CommandLineError. */
export function readManagerLine(words: readonly string[]): ReadLine<ManagerSettings> {
  const line = readComponentLine('kube-controller-manager', managerFlags, words);
  const { controllers, ...settings } = withMaskSizes(line);
  if (!controllers) return { ...line, settings };
  const { chosen, warnings } = chooseByName(controllers);
  return { ...line, settings: { ...settings, controllers: chosen }, warnings: [...line.warnings, ...warnings] };
}

/** `--node-cidr-mask-size` is for clusters of one family, whichever that is. Source: startNodeIpamController. */
function withMaskSizes({ settings, given }: ReadLine<ManagerSettings>): Settings {
  const { clusterCidr = '', nodeCidrMaskSize } = settings;
  if (!given.has('node-cidr-mask-size') || !clusterCidr.includes(':')) return settings;
  if (clusterCidr.includes(','))
    throw new CommandLineError('kube-controller-manager', ['usage of --node-cidr-mask-size is not allowed with dual-stack clusters']);
  return { ...settings, nodeCidrMaskSizeIpv6: nodeCidrMaskSize! };
}

type Settings = Partial<ManagerSettings>;

const period = (name: keyof ManagerSettings, fallback: string) =>
  obeyed<ManagerSettings, 'duration'>('duration', fallback, (ms) => {
    if (ms < 1) throw new FlagError('must be at least 1ms');
    return { [name]: ms };
  });

const duration = (name: keyof ManagerSettings, fallback: string) =>
  obeyed<ManagerSettings, 'duration'>('duration', fallback, (ms) => {
    if (ms < 0) throw new FlagError('must not be negative');
    return { [name]: ms };
  });

const fraction = (name: keyof ManagerSettings, fallback: string) =>
  obeyed<ManagerSettings, 'float'>('float', fallback, (value) => {
    if (value < 0) throw new FlagError('must not be negative');
    return { [name]: value };
  });

const count = (name: keyof ManagerSettings, fallback: number) =>
  obeyed<ManagerSettings, 'int32'>('int32', String(fallback), (value) => ({ [name]: value }));

const bounded = (name: keyof ManagerSettings, fallback: number, flag: string, most: number) =>
  obeyed<ManagerSettings, 'int32'>('int32', String(fallback), (value) => {
    if (value < 1) throw new FlagError(`${flag} must not be less than 1, but got ${value}`);
    if (value > most) throw new FlagError(`${flag} must not be more than ${most}, but got ${value}`);
    return { [name]: value };
  });

const syncs = (controller: string, flag: string, fallback: number, most = 2 ** 31 - 1) =>
  obeyed<ManagerSettings, 'int32'>('int32', String(fallback), (value, { concurrentSyncs = {} }) => {
    if (value < 1) throw new FlagError(`${flag} must be greater than 0, but got ${value}`);
    if (value > most) throw new FlagError(`${flag} must not be more than ${most}, but got ${value}`);
    return { concurrentSyncs: { ...concurrentSyncs, [controller]: value } };
  });

const file = (name: 'rootCaFile' | 'clusterSigningCertFile' | 'clusterSigningKeyFile', fallback: string) =>
  obeyed<ManagerSettings, 'string'>('string', fallback, (path): Settings => (path === '' ? {} : { [name]: path }));

const maskSize = (name: 'nodeCidrMaskSize' | 'nodeCidrMaskSizeIpv6', fallback: string, most: number) =>
  obeyed<ManagerSettings, 'int32'>('int32', fallback, (bits) => {
    if (bits < 1 || bits > most) throw new FlagError(`must be between 1 and ${most}`);
    return { [name]: bits };
  });

const nodeFlags: FlagTable<ManagerSettings> = {
  'node-monitor-period': period('nodeMonitorPeriodMs', '5s'),
  'node-monitor-grace-period': duration('nodeMonitorGracePeriodMs', '50s'),
  'node-startup-grace-period': duration('nodeStartupGracePeriodMs', '1m0s'),
  'node-eviction-rate': fraction('nodeEvictionRate', '0.1'),
  'secondary-node-eviction-rate': fraction('secondaryNodeEvictionRate', '0.01'),
  'large-cluster-size-threshold': count('largeClusterSizeThreshold', 50),
  'unhealthy-zone-threshold': fraction('unhealthyZoneThreshold', '0.55'),
  'terminated-pod-gc-threshold': count('terminatedPodGcThreshold', 12_500),
  'allocate-node-cidrs': obeyed('bool', 'true', (on) => ({ allocateNodeCidrs: on })),
  'cluster-cidr': obeyed('string', undefined, (cidrs) => {
    const problem = addressRangeProblem(cidrs);
    if (problem !== undefined) throw new FlagError(problem);
    return { clusterCidr: cidrs };
  }),
  'node-cidr-mask-size': maskSize('nodeCidrMaskSize', '24 for IPv4, 64 for IPv6', 128),
  'node-cidr-mask-size-ipv4': maskSize('nodeCidrMaskSize', '24', 32),
  'node-cidr-mask-size-ipv6': maskSize('nodeCidrMaskSizeIpv6', '64', 128),
  'cidr-allocator-type': fixed('string', 'RangeAllocator', 'ranges are given out by the manager itself'),
  ...accepted('the ranges of Services and of nodes come from different networks here', { 'service-cluster-ip-range': 'string' }),
  ...accepted(
    'upstream removed it; how long pods stay on a node that is lost is decided by tolerationSeconds of their tolerations ' +
      'of node.kubernetes.io/not-ready and node.kubernetes.io/unreachable, 300 unless a pod says otherwise; ' +
      "kube-apiserver's --default-not-ready-toleration-seconds and --default-unreachable-toleration-seconds shorten them",
    { 'pod-eviction-timeout': 'duration' },
  ),
  ...accepted('upstream removed it: pods are evicted by taints in any case', { 'enable-taint-manager': 'bool' }),
};

const concurrencyFlags: FlagTable<ManagerSettings> = {
  'concurrent-cron-job-syncs': syncs('cronjob-controller', 'concurrent-cron-job-syncs', 5),
  'concurrent-daemonset-syncs': syncs('daemonset-controller', 'concurrent-daemonset-syncs', 2),
  'concurrent-deployment-syncs': syncs('deployment-controller', 'concurrent-deployment-syncs', 5),
  'concurrent-endpoint-syncs': syncs('endpoints-controller', 'concurrent-endpoint-syncs', 5),
  'concurrent-ephemeralvolume-syncs': syncs('ephemeral-volume-controller', 'concurrent-ephemeralvolume-syncs', 5),
  'concurrent-gc-syncs': syncs('garbage-collector-controller', 'concurrent-gc-syncs', 20),
  'concurrent-horizontal-pod-autoscaler-syncs': syncs(
    'horizontal-pod-autoscaler-controller',
    'concurrent-horizontal-pod-autoscaler-syncs',
    5,
  ),
  'concurrent-job-syncs': syncs('job-controller', 'concurrent-job-syncs', 5),
  'concurrent-namespace-syncs': syncs('namespace-controller', 'concurrent-namespace-syncs', 10),
  'concurrent-rc-syncs': syncs('replicationcontroller-controller', 'concurrent_rc_syncs', 5),
  'concurrent-replicaset-syncs': syncs('replicaset-controller', 'concurrent-replicaset-syncs', 5),
  'concurrent-resource-quota-syncs': syncs('resourcequota-controller', 'concurrent-resource-quota-syncs', 5),
  'concurrent-service-endpoint-syncs': syncs('endpointslice-controller', 'concurrent-service-endpoint-syncs', 5, 50),
  'mirroring-concurrent-service-endpoint-syncs': syncs(
    'endpointslice-mirroring-controller',
    'mirroring-concurrent-service-endpoint-syncs',
    5,
    50,
  ),
  'concurrent-serviceaccount-token-syncs': syncs('serviceaccount-token-controller', 'concurrent-serviceaccount-token-syncs', 5),
  'concurrent-statefulset-syncs': syncs('statefulset-controller', 'concurrent-statefulset-syncs', 5),
  'concurrent-ttl-after-finished-syncs': syncs('ttl-after-finished-controller', 'concurrent-ttl-after-finished-syncs', 5),
  ...refused('the controller that it is for is not there', {
    'concurrent-device-taint-eviction-syncs': 'int32',
    'concurrent-resourceclaim-syncs': 'int32',
    'concurrent-validating-admission-policy-status-syncs': 'int32',
  }),
};

const autoscalerFlags: FlagTable<ManagerSettings> = {
  'horizontal-pod-autoscaler-sync-period': period('autoscalerSyncMs', '15s'),
  'horizontal-pod-autoscaler-downscale-stabilization': duration('autoscalerDownscaleStabilizationMs', '5m0s'),
  'horizontal-pod-autoscaler-tolerance': fraction('autoscalerTolerance', '0.1'),
  'horizontal-pod-autoscaler-cpu-initialization-period': duration('autoscalerCpuInitializationMs', '5m0s'),
  'horizontal-pod-autoscaler-initial-readiness-delay': duration('autoscalerInitialReadinessMs', '30s'),
};

const certificateFlags: FlagTable<ManagerSettings> = {
  'root-ca-file': file('rootCaFile', "the cluster's own CA"),
  'cluster-signing-cert-file': file('clusterSigningCertFile', "the cluster's own CA"),
  'cluster-signing-key-file': file('clusterSigningKeyFile', "the cluster's own CA"),
  'cluster-signing-duration': period('clusterSigningDurationMs', '8760h0m0s'),
  ...refused('one CA signs for all signers; --cluster-signing-cert-file and --cluster-signing-key-file name it', {
    'cluster-signing-kube-apiserver-client-cert-file': 'string',
    'cluster-signing-kube-apiserver-client-key-file': 'string',
    'cluster-signing-kubelet-client-cert-file': 'string',
    'cluster-signing-kubelet-client-key-file': 'string',
    'cluster-signing-kubelet-serving-cert-file': 'string',
    'cluster-signing-kubelet-serving-key-file': 'string',
    'cluster-signing-legacy-unknown-cert-file': 'string',
    'cluster-signing-legacy-unknown-key-file': 'string',
  }),
  ...accepted('the API server alone signs tokens', { 'service-account-private-key-file': 'string' }),
  'use-service-account-credentials': fixed('bool', 'true', 'each controller acts in its own name'),
};

const ungathered = fixed('duration', '0s', 'changes of endpoints are not held back to gather them');

const volumeFlags: FlagTable<ManagerSettings> = {
  'pvclaimbinder-sync-period': period('claimBinderSyncMs', '15s'),
  'enable-dynamic-provisioning': fixed('bool', 'true', 'claims are always handed to the provisioner of their class'),
  ...accepted("volumes of the default class are made by the cluster's own provisioner", { 'enable-hostpath-provisioner': 'bool' }),
  ...refused('there is no attach-detach controller', {
    'attach-detach-reconcile-sync-period': 'duration',
    'disable-attach-detach-reconcile-sync': 'bool',
    'disable-force-detach-on-timeout': 'bool',
  }),
  ...refused('volumes are not recycled; the policies Retain and Delete are there', {
    'pv-recycler-increment-timeout-nfs': 'int32',
    'pv-recycler-minimum-timeout-hostpath': 'int32',
    'pv-recycler-minimum-timeout-nfs': 'int32',
    'pv-recycler-pod-template-filepath-hostpath': 'string',
    'pv-recycler-pod-template-filepath-nfs': 'string',
    'pv-recycler-timeout-increment-hostpath': 'int32',
  }),
  ...refused('there are no volume plugins to load', { 'flex-volume-plugin-dir': 'string', 'external-cloud-volume-plugin': 'string' }),
};

const cloudFlags: FlagTable<object> = {
  ...refused('there is no cloud behind the cluster', { 'cloud-config': 'string', 'cloud-provider': 'string' }),
  ...accepted('there is no cloud behind the cluster', {
    'allow-untagged-cloud': 'bool',
    'cluster-name': 'string',
    'concurrent-service-syncs': 'int32',
    'configure-cloud-routes': 'bool',
    'node-sync-period': 'duration',
    'route-reconciliation-period': 'duration',
  }),
};

/** Every flag of kube-controller-manager 1.36, and two that people remember. Source: cmd/kube-controller-manager/app/options. */
export const managerFlags: FlagTable<ManagerSettings> = {
  ...commonFlags,
  ...ownPortFlags,
  ...leaderElectionFlags,
  ...clientFlags,
  ...cloudFlags,
  ...nodeFlags,
  ...concurrencyFlags,
  ...autoscalerFlags,
  ...certificateFlags,
  ...volumeFlags,
  controllers: obeyed('strings', '*', (names) => {
    const { problems } = chooseByName(names);
    if (problems.length > 0) throw new FlagError(problems.join('; '));
    return { controllers: names };
  }),
  'enable-garbage-collector': obeyed('bool', 'true', (on) => ({ enableGarbageCollector: on })),
  'endpoint-updates-batch-period': ungathered,
  'endpointslice-updates-batch-period': ungathered,
  'mirroring-endpointslice-updates-batch-period': ungathered,
  'max-endpoints-per-slice': bounded('maxEndpointsPerSlice', 100, 'max-endpoints-per-slice', 1000),
  'mirroring-max-endpoints-per-subset': bounded('mirroringMaxEndpointsPerSubset', 1000, 'mirroring-max-endpoints-per-subset', 1000),
  'resource-quota-sync-period': period('resourceQuotaSyncMs', '5m0s'),
  'controller-start-interval': fixed('duration', '0s', 'all controllers start at once'),
  ...accepted('controllers end at once', { 'controller-shutdown-timeout': 'duration' }),
  ...accepted('informers never resync: no change is lost to them', { 'min-resync-period': 'duration' }),
  ...accepted('namespaces that end are looked after until they are gone', { 'namespace-sync-period': 'duration' }),
  ...accepted('old tokens of service accounts are never made, and never cleaned up', {
    'legacy-service-account-token-clean-up-period': 'duration',
  }),
  ...refused('controllers do not move between managers', { 'enable-leader-migration': 'bool', 'leader-migration-config': 'string' }),
};
