/**
 * The container runtime as the kubelet sees it: the verbs and messages of the CRI (runtime.v1), as far
 * as pods need them. Implementations: `simulated/`; others follow behind the same verbs. Every verb may
 * be called again with the same arguments; stopping or removing what is gone succeeds.
 */
export interface ContainerRuntime {
  version(): Promise<RuntimeVersion>;
  status(): Promise<RuntimeStatus>;
  /** Tells what the node's pods may have as addresses; needed before the network is ready. */
  updateRuntimeConfig(config: { readonly podCidr: string }): Promise<void>;

  /** Makes the pod's surroundings (network, address) and resolves to the sandbox's id. */
  runPodSandbox(config: PodSandboxConfig): Promise<string>;
  /** Ends what still runs in it, by force, and gives its address back. */
  stopPodSandbox(sandboxId: string): Promise<void>;
  removePodSandbox(sandboxId: string): Promise<void>;
  /** Rejects with `CriError` `NotFound` for one that is not there. */
  podSandboxStatus(sandboxId: string): Promise<PodSandboxStatus>;
  listPodSandbox(filter?: { readonly podUid?: string }): Promise<readonly PodSandboxStatus[]>;

  /** Resolves to the container's id. Rejects with `CriError` where the image is not there. */
  createContainer(sandboxId: string, config: ContainerConfig): Promise<string>;
  startContainer(containerId: string): Promise<void>;
  /** SIGTERM (or the container's own stop signal), then SIGKILL after the timeout; resolves when it has ended. */
  stopContainer(containerId: string, timeoutSeconds: number): Promise<void>;
  removeContainer(containerId: string): Promise<void>;
  /** Rejects with `CriError` `NotFound` for one that is not there. */
  containerStatus(containerId: string): Promise<ContainerStatus>;
  listContainers(filter?: { readonly podUid?: string }): Promise<readonly ContainerStatus[]>;
  updateContainerResources(containerId: string, resources: LinuxContainerResources): Promise<void>;
  /** Rejects with `CriError` `DeadlineExceeded` when the command takes longer; 0 for no limit. */
  execSync(containerId: string, command: readonly string[], timeoutSeconds: number): Promise<ExecSyncResult>;
  listContainerStats(filter?: { readonly podUid?: string }): Promise<readonly ContainerStats[]>;

  /**
   * Resolves to the image's reference. Rejects with `CriError`, whose message goes into the pod's events.
   * `sandbox` is that of the pod for which the image is pulled.
   */
  pullImage(image: string, auth?: RegistryAuth, sandbox?: PodSandboxConfig): Promise<string>;
  /** undefined for an image that is not there. */
  imageStatus(image: string): Promise<Image | undefined>;
  listImages(): Promise<readonly Image[]>;
  removeImage(image: string): Promise<void>;

  /** Tells of each container and sandbox that came, started, ended or went (GetContainerEvents); returns its end. */
  onEvent(listener: (event: ContainerEvent) => void): () => void;
}

/** gRPC's codes, as far as the kubelet tells them apart. */
export type CriErrorCode = 'NotFound' | 'InvalidArgument' | 'DeadlineExceeded' | 'Unavailable' | 'Unimplemented' | 'Unknown';

export class CriError extends Error {
  override name = 'CriError';
  readonly code: CriErrorCode;

  constructor(code: CriErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface RuntimeVersion {
  readonly runtimeName: string;
  readonly runtimeVersion: string;
}

/** Conditions `RuntimeReady` and `NetworkReady`. */
export interface RuntimeStatus {
  readonly conditions: readonly { readonly type: string; readonly status: boolean; readonly reason: string; readonly message: string }[];
}

export interface PodSandboxMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
}

export interface PodSandboxConfig {
  readonly metadata: PodSandboxMetadata;
  readonly hostname: string;
  /** Absolute folder of the pod's container logs, `/var/log/pods/<namespace>_<name>_<uid>`. */
  readonly logDirectory: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The pod's annotations. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  readonly portMappings: readonly PortMapping[];
}

export interface PortMapping {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIp: string;
}

export interface PodSandboxStatus {
  readonly id: string;
  readonly metadata: PodSandboxMetadata;
  readonly state: 'Ready' | 'NotReady';
  readonly createdAtMs: number;
  /** The pod's addresses, the first one its main one; none on the host's network. */
  readonly ips: readonly string[];
}

export interface ContainerConfig {
  readonly metadata: { readonly name: string; readonly attempt: number };
  /** As the pod names it. */
  readonly image: string;
  /** What `pullImage` or `imageStatus` gave. */
  readonly imageRef: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly envs: readonly { readonly key: string; readonly value: string }[];
  readonly mounts: readonly Mount[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Relative to the sandbox's `logDirectory`: `<container>/<attempt>.log`. */
  readonly logPath: string;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly resources: LinuxContainerResources;
  /** `SIGUSR1`; the image's when absent. */
  readonly stopSignal?: string;
}

export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readonly: boolean;
}

export interface LinuxContainerResources {
  readonly cpuShares: number;
  /** Microseconds of CPU in each `cpuPeriodMicros`; 0 for no limit. */
  readonly cpuQuotaMicros: number;
  readonly cpuPeriodMicros: number;
  /** 0 for no limit. */
  readonly memoryLimitBytes: number;
  readonly oomScoreAdj: number;
}

export interface ContainerStatus {
  readonly id: string;
  readonly sandboxId: string;
  readonly metadata: { readonly name: string; readonly attempt: number };
  readonly podUid: string;
  readonly state: 'Created' | 'Running' | 'Exited' | 'Unknown';
  readonly image: string;
  readonly imageRef: string;
  readonly createdAtMs: number;
  /** 0 while it has not started. */
  readonly startedAtMs: number;
  /** 0 while it has not ended. */
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`; '' while it has not ended. */
  readonly reason: string;
  readonly message: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly logPath: string;
}

export interface ExecSyncResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface ContainerStats {
  readonly containerId: string;
  readonly podUid: string;
  readonly name: string;
  readonly atMs: number;
  /** CPU in use, in billionths of a core. */
  readonly cpuNanoCores: number;
  /** CPU time since the container started. */
  readonly cpuCoreNanoSeconds: number;
  readonly memoryWorkingSetBytes: number;
}

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

export interface Image {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  /** As whom it runs; a name where the image has no number, neither where it does not say. */
  readonly uid?: number;
  readonly username?: string;
}

export interface ContainerEvent {
  readonly type: 'ContainerCreated' | 'ContainerStarted' | 'ContainerStopped' | 'ContainerDeleted' | 'SandboxChanged';
  readonly podUid: string;
  /** The sandbox's id for `SandboxChanged`. */
  readonly id: string;
}
