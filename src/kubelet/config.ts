import type { Taint } from '../api/generated/core/v1.ts';

/** What can be set of a kubelet (KubeletConfiguration and flags), each with upstream's default. */
export interface KubeletConfig {
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** `--register-with-taints`. */
  readonly registerWithTaints: readonly Taint[];
  /** Made as part of the node's spec, where nobody else gives out pod networks. */
  readonly podCidr: string;
  readonly providerId: string;
  readonly kubeletVersion: string;
  /** Kept from pods: quantities for cpu, memory, ephemeral-storage. */
  readonly systemReserved: Readonly<Record<string, string>>;
  readonly kubeReserved: Readonly<Record<string, string>>;
  /** The port of the kubelet's own API. */
  readonly port: number;
  readonly nodeStatusUpdateFrequencyMs: number;
  readonly nodeStatusReportFrequencyMs: number;
  readonly nodeLeaseDurationSeconds: number;
  /** How often the runtime's state is looked at without an event that asks for it. */
  readonly relistMs: number;
  readonly crashLoopBackOffMaxMs: number;
  /** Images told in the node's status. */
  readonly nodeStatusMaxImages: number;
  readonly clusterDomain: string;
}

export const defaultConfig: KubeletConfig = {
  nodeLabels: {},
  registerWithTaints: [],
  podCidr: '',
  providerId: '',
  kubeletVersion: 'v1.36.0',
  systemReserved: {},
  kubeReserved: {},
  port: 10250,
  nodeStatusUpdateFrequencyMs: 10_000,
  nodeStatusReportFrequencyMs: 300_000,
  nodeLeaseDurationSeconds: 40,
  relistMs: 300_000,
  crashLoopBackOffMaxMs: 300_000,
  nodeStatusMaxImages: 50,
  clusterDomain: 'cluster.local',
};
