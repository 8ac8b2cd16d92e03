import type { Taint } from '../api/generated/core/v1.ts';
import type { ComponentArgs } from './component-args.ts';

/** What a person asked for: settled once at the first `up`, kept with the cluster, obeyed at every start. */
export interface ClusterSpec {
  readonly name: string;
  /** Loopback only. */
  readonly apiAddress: string;
  /** Absent until the first start has chosen one; from then on it stays. */
  readonly apiPort?: number;
  /** The control plane and its workers. */
  readonly nodes: readonly NodeSpec[];
  /** How many more nodes there are, simulated ones in numbers; none when absent. */
  readonly simNodes?: number;
  /** Absolute folder of the store. */
  readonly dataFolder: string;
  /** kube-apiserver's `--runtime-config`. */
  readonly runtimeConfig: Readonly<Record<string, string>>;
  /** CIDR from which Services get addresses. */
  readonly serviceSubnet: string;
  /** More flags of the control plane's components; none when absent. */
  readonly args?: ComponentArgs;
}

export interface NodeSpec {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly labels: Readonly<Record<string, string>>;
  /** Quantities of resources that it has; every simulated node's own when absent. */
  readonly capacity?: Readonly<Record<string, string>>;
  /** Instead of those of its role, which are the control plane's where there are workers. */
  readonly taints?: readonly Taint[];
  /** Beside those: its kubelet's `--register-with-taints`. */
  readonly registerWithTaints?: readonly Taint[];
}

/** What a node registers with. `alone`: where there is no other node for pods to go to. */
export function taintsOf({ role, taints, registerWithTaints = [] }: NodeSpec, alone: boolean): Taint[] {
  const ofRole: readonly Taint[] = role === 'control-plane' && !alone ? [controlPlaneTaint] : [];
  const all = [...(taints ?? ofRole), ...registerWithTaints];
  return all.filter(({ key, effect }, index) => all.findIndex((one) => one.key === key && one.effect === effect) === index);
}

const controlPlaneTaint: Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

/** `slipway-control-plane`, `slipway-worker`, `slipway-worker2` …: as kind names its nodes. */
export function defaultNodes(cluster: string, workers: number): NodeSpec[] {
  return [
    { name: `${cluster}-control-plane`, role: 'control-plane', labels: {} },
    ...Array.from({ length: workers }, (_, index): NodeSpec => ({ name: workerName(cluster, index), role: 'worker', labels: {} })),
  ];
}

/** All nodes of a cluster, its control plane first. */
export const nodesOf = ({ name, nodes, simNodes = 0 }: ClusterSpec): NodeSpec[] => [...nodes, ...simulatedNodes(name, simNodes)];

/** `slipway-sim-1` and so on: nodes in numbers, beside the workers. */
export const simulatedNodes = (cluster: string, count: number): NodeSpec[] =>
  Array.from({ length: count }, (_, index): NodeSpec => ({ name: `${cluster}-sim-${index + 1}`, role: 'worker', labels: {} }));

export const workerName = (cluster: string, index: number): string => `${cluster}-worker${index === 0 ? '' : index + 1}`;

export const defaultServiceSubnet = '10.96.0.0/16';

/** From which each node gets a /24 for its pods: kind's own where that is enough, a wider one for thousands of nodes. */
export const podSubnet = (nodes: number): string => (nodes <= 200 ? '10.244.0.0/16' : '10.128.0.0/9');
