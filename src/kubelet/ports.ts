/** What a kubelet is given by whoever runs it, beside its container runtime (`runtime/cri.ts`) and its files. */
import type { Node, PersistentVolume, Pod, Service, Volume } from '../api/generated/core/v1.ts';

export type { HttpProbeRequest, HttpProbeResponse, ProbeTarget, ProbeTransport } from '../runtime/probe-transport.ts';

/** Where the pods of a node come from: the API server (`api-sources.ts`), or manifests in a folder. */
export interface PodSource {
  /** Tells of each pod that is there, then `synced`, then of each change, in order; returns its end. */
  follow(nodeName: string, listener: PodListener): () => void;
}

export interface PodListener {
  /** A pod of the node, new or changed. Objects are shared: nobody changes them. */
  pod(pod: Pod): void;
  /** The pod is gone from its source: whatever runs of it is to end. */
  gone(pod: Pod): void;
  /** All pods there were at the start have been told, so what runs beside them belongs to nobody. */
  synced(): void;
}

/** The node's own object, as its kubelet reads it. */
export interface NodeSource {
  /** Tells of the object as it is, and of each change; undefined when it is not there. Returns its end. */
  follow(nodeName: string, listener: (node: Node | undefined) => void): () => void;
}

/** Services, from which pods get environment variables. */
export interface ServiceSource {
  /** The services of a namespace, in no particular order; waits for the first list. */
  inNamespace(namespace: string): Promise<readonly Service[]>;
}

/** Brings a pod's volumes onto the machine. Simulated nodes need nothing there: `noVolumes`. */
export interface Volumes {
  /**
   * Makes all of them ready, and answers where on the machine each one is, by the volume's name. Called
   * again with the same volumes, it answers the same. Rejects with the message for the `FailedMount` event.
   */
  mount(pod: Pod, volumes: readonly ResolvedVolume[]): Promise<ReadonlyMap<string, string>>;
  /** Takes away what was mounted for the pod; succeeds where nothing is left. */
  unmount(podUid: string): Promise<void>;
}

/** A volume whose objects (Secrets, ConfigMaps, a bound claim) are there. */
export interface ResolvedVolume {
  readonly volume: Volume;
  /** Of Secrets, ConfigMaps, the downward API and tokens: what is to be in the folder. Resolved when asked for. */
  readonly files?: () => Promise<readonly VolumeFile[]>;
  /** Of a PersistentVolumeClaim. */
  readonly persistentVolume?: PersistentVolume;
}

export interface VolumeFile {
  /** Relative to the volume. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Unix permission bits. */
  readonly mode: number;
}

/** For nodes on which nothing is mounted. */
export const noVolumes: Volumes = { mount: async () => new Map(), unmount: async () => {} };

/** What the machine says of itself: cAdvisor's part of a node's status. */
export interface Machine {
  /** `status.capacity`, as quantities: cpu, memory, ephemeral-storage, pods, hugepages-…, extended resources. */
  readonly capacity: Readonly<Record<string, string>>;
  /** The first is the main one; all go into `status.addresses` as InternalIP. */
  readonly addresses: readonly string[];
  readonly info: MachineInfo;
  /** Memory, disk and process ids running short; none when absent. */
  readonly pressure?: () => ReadonlySet<'MemoryPressure' | 'DiskPressure' | 'PIDPressure'>;
  /** CPU and memory in use by the machine as a whole; what the containers use, when absent. */
  readonly usage?: () => Promise<MachineUsage>;
}

export interface MachineInfo {
  readonly machineID: string;
  readonly systemUUID: string;
  /** Another one than the last time means that the machine was started anew. */
  readonly bootID: string;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly operatingSystem: string;
  /** As Go names it: amd64, arm64. */
  readonly architecture: string;
}

export interface MachineUsage {
  readonly cpuNanoCores: number;
  readonly cpuCoreNanoSeconds: number;
  readonly memoryWorkingSetBytes: number;
}

/** The answer of `/stats/summary` (stats/v1alpha1), as far as we measure. */
export interface StatsSummary {
  readonly node: NodeStats;
  readonly pods: readonly PodStats[];
}

export interface NodeStats {
  readonly nodeName: string;
  readonly startTime: string;
  readonly cpu: CpuStats;
  readonly memory: MemoryStats;
}

export interface PodStats {
  readonly podRef: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly startTime: string;
  readonly containers: readonly ContainerStatsSummary[];
  readonly cpu: CpuStats;
  readonly memory: MemoryStats;
}

export interface ContainerStatsSummary {
  readonly name: string;
  readonly startTime: string;
  readonly cpu: CpuStats;
  readonly memory: MemoryStats;
}

export interface CpuStats {
  /** RFC 3339. */
  readonly time: string;
  /** Billionths of a core. */
  readonly usageNanoCores: number;
  readonly usageCoreNanoSeconds: number;
}

export interface MemoryStats {
  readonly time: string;
  readonly workingSetBytes: number;
}
