/**
 * The scheduling framework's extension points (KEP-624, kube-scheduler's framework/interface.go):
 * what plugins see, and what they answer. The cycle in `cycle.ts` calls them; `plugins/<name>/` hold them.
 */
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { Node, Pod, Taint } from '../api/generated/core/v1.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';

/** Amounts in the scheduler's own units: whole numbers, made once for each pod and node. */
export interface Resources {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly ephemeralStorageBytes: number;
  /** Extended resources and huge pages by name; values are whole. */
  readonly scalar: ReadonlyMap<string, number>;
}

/** A pod with what its scheduling needs, worked out once. */
export interface PodInfo {
  readonly pod: Pod;
  /** `namespace/name`. */
  readonly key: string;
  readonly requests: Resources;
  /** Requests with 100m CPU and 200 MB in place of what a container leaves out: for scoring alone. */
  readonly nonZeroMilliCpu: number;
  readonly nonZeroMemoryBytes: number;
  readonly hostPorts: readonly HostPort[];
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly WeightedTerm[];
  readonly preferredAntiAffinity: readonly WeightedTerm[];
}

export interface HostPort {
  readonly protocol: string;
  /** `0.0.0.0` for all addresses. */
  readonly hostIp: string;
  readonly port: number;
}

export interface AffinityTerm {
  readonly topologyKey: string;
  /** Whether the term speaks of that pod: its namespace and labels. */
  readonly selects: (pod: Pod, namespaceLabels: NamespaceLabels) => boolean;
}
export interface WeightedTerm {
  readonly term: AffinityTerm;
  readonly weight: number;
}
export type NamespaceLabels = (namespace: string) => Readonly<Record<string, string>> | undefined;

/** A node and what is on it or promised to it. Only the cache changes it. */
export interface NodeInfo {
  readonly name: string;
  /** Another number after every change of the node or of what is on it. */
  readonly generation: number;
  readonly node: Node;
  /** `spec.unschedulable` and `spec.taints`, which are looked at for each pod. */
  readonly isCordoned: boolean;
  readonly taints: readonly Taint[];
  readonly allocatable: Resources;
  /** `status.allocatable.pods`. */
  readonly allowedPods: number;
  readonly pods: readonly PodInfo[];
  readonly podsWithAffinity: readonly PodInfo[];
  readonly podsWithRequiredAntiAffinity: readonly PodInfo[];
  readonly requested: Resources;
  readonly nonZeroMilliCpu: number;
  readonly nonZeroMemoryBytes: number;
  readonly usedPorts: readonly HostPort[];
  /** Names of the images on the node, to their size in bytes and the number of nodes that have them. */
  readonly images: ReadonlyMap<string, { readonly sizeBytes: number; readonly nodes: number }>;
}

/** The cluster as it stands at the begin of one pod's cycle. */
export interface Snapshot {
  /** In the order in which nodes are tried: spread over zones. The same array as long as these are the nodes. */
  readonly nodes: readonly NodeInfo[];
  readonly nodesWithAffinityPods: readonly NodeInfo[];
  readonly nodesWithRequiredAntiAffinityPods: readonly NodeInfo[];
  node(name: string): NodeInfo | undefined;
}

/** A plugin's private notes for one pod's cycle, by the plugin's own key. Cloned for preemption's what-ifs. */
export interface CycleState {
  read<T>(key: StateKey<T>): T | undefined;
  write<T>(key: StateKey<T>, value: T): void;
  /** A copy in which changes stay; values that say how (`clone`) are copied, others shared. */
  clone(): CycleState;
}
/** Names a note and its type: `stateKey<Counts>('PodTopologySpread')`. */
export interface StateKey<T> {
  readonly name: string;
  readonly clone?: (value: T) => T;
}
export const stateKey = <T>(name: string, clone?: (value: T) => T): StateKey<T> => ({ name, ...(clone && { clone }) });

/**
 * A verdict that is not success. `Unschedulable` may be helped by preemption, `UnschedulableAndUnresolvable`
 * not; `Pending` waits for something outside; `Skip` means that the plugin has nothing to say on this pod.
 */
export interface Rejection {
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Pending' | 'Skip' | 'Error';
  /** Sentences as they stand in `0/3 nodes are available: 3 …`. */
  readonly reasons: readonly string[];
}
export const unschedulable = (...reasons: string[]): Rejection => ({ code: 'Unschedulable', reasons });
export const unresolvable = (...reasons: string[]): Rejection => ({ code: 'UnschedulableAndUnresolvable', reasons });
export const skip: Rejection = { code: 'Skip', reasons: [] };

/** Success is `undefined`, at every point. */
export type Verdict = Rejection | undefined;

/**
 * A change in the cluster that may help pods which a plugin has turned away. Of pods: what happens to
 * bound ones is told of to all that wait, what happens to a waiting one to that one alone (`now` is
 * then the pod itself, without a node). Of nodes: heartbeats are not told.
 */
export interface ClusterEvent {
  readonly kind: Kind;
  /** `old` is absent for an addition, `now` for a removal. */
  readonly old?: KubeObject;
  readonly now?: KubeObject;
}
/** Which events may help, and whether this one does for that pod (a queueing hint; every such event when absent). */
export interface EventInterest {
  readonly kind: Kind;
  readonly helps?: (pod: Pod, event: ClusterEvent) => boolean;
}

/** What plugins may use beside the snapshot. */
export interface Handle extends Framework {
  /** Reads a kind's objects from the scheduler's informers: `PersistentVolumeClaim` … */
  readonly get: <O extends KubeObject>(kind: Kind<O>, key: string) => O | undefined;
  readonly list: <O extends KubeObject>(kind: Kind<O>, namespace?: string) => readonly O[];
  readonly namespaceLabels: NamespaceLabels;
  /** Gives claims, patches and deletions their way to the API. */
  readonly client: Client;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Events in the name of the profile's scheduler. */
  readonly events: EventRecorder;
  /** The snapshot of the running cycle. */
  readonly snapshot: () => Snapshot;
}

/** What preemption asks of the scheduler that runs it. */
export interface Framework {
  /** All filters of the profile, with what is nominated to the node counted as being there. */
  readonly fits: (state: CycleState, pod: PodInfo, node: NodeInfo) => FailedFilter | undefined;
  /** Tells `addPod` or `removePod` of all plugins whose notes are in the state. */
  readonly podAdded: (state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo) => void;
  readonly podRemoved: (state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo) => void;
  /** Pods that wait for room which is being made for them on the node. */
  readonly nominated: (nodeName: string) => readonly PodInfo[];
  /** Tries a pod again at once, wherever it waits. */
  readonly activate: (pod: Pod) => void;
}

/** One plugin under its upstream name; it implements the points that it has something to say at. */
export interface Plugin {
  readonly name: string;
  /** Kinds that must be read, so that informers exist before the first cycle. */
  readonly reads?: readonly Kind[];
  readonly events?: readonly EventInterest[];
  /** Whether the pod may enter the queue at all. */
  preEnqueue?(pod: Pod): Verdict;
  /** Once for a pod. `nodes`: only these need be looked at. */
  preFilter?(state: CycleState, pod: PodInfo, nodes: Snapshot): { readonly nodes?: ReadonlySet<string> } | Rejection | undefined;
  /** Of the notes of `preFilter`: what another pod on the node changes, for preemption and nominated pods. */
  addPod?(state: CycleState, pod: PodInfo, added: PodInfo, node: NodeInfo): void;
  removePod?(state: CycleState, pod: PodInfo, removed: PodInfo, node: NodeInfo): void;
  filter?(state: CycleState, pod: PodInfo, node: NodeInfo): Verdict;
  /** When no node passed. Part of the cycle, and so without waiting: what it begins goes on by itself. */
  postFilter?(state: CycleState, pod: PodInfo, failed: FailedNodes): PostFilterResult;
  preScore?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Verdict;
  /** Any number; `normalize` brings all to 0…100. */
  score?(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** Changes the scores of all nodes in place, in the order of `nodes`. Scores must be 0…100 after it. */
  normalize?(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], scores: number[]): void;
  reserve?(state: CycleState, pod: PodInfo, nodeName: string): Verdict;
  unreserve?(state: CycleState, pod: PodInfo, nodeName: string): void;
  permit?(state: CycleState, pod: PodInfo, nodeName: string): Verdict;
  preBind?(state: CycleState, pod: PodInfo, nodeName: string): Promise<Verdict>;
  bind?(state: CycleState, pod: PodInfo, nodeName: string): Promise<Verdict>;
  postBind?(state: CycleState, pod: PodInfo, nodeName: string): void;
}

export interface FailedFilter {
  readonly plugin: string;
  readonly rejection: Rejection;
}
/** Why nodes were turned away. */
export interface FailedNodes {
  /** Those that were looked at. */
  readonly named: ReadonlyMap<string, FailedFilter>;
  /** What holds for all others: `preFilter` turned the pod away, or left these nodes out. */
  readonly others: FailedFilter | undefined;
}
export interface PostFilterResult {
  /** The node on which room will be made; '' takes back an earlier nomination, absent leaves it. */
  readonly nominated?: string;
  /** `preemption: 0/3 nodes are available: …`; '' for none. */
  readonly message: string;
}

/** A plugin made for one scheduler, and the weight of its scores. */
export interface PluginFactory {
  readonly name: string;
  /** 1 when absent. */
  readonly weight?: number;
  /** `args`: the profile's `pluginConfig` for it. */
  make(handle: Handle, args?: PluginArgs): Plugin;
}
export type PluginArgs = Readonly<Record<string, unknown>>;
