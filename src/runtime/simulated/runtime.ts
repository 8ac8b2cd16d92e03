import type { Env } from '../../base/env.ts';
import { utf8 } from '../../codec/bytes.ts';
import type { FileSystem } from '../../machine/files.ts';
import {
  CriError,
  type ContainerConfig,
  type ContainerEvent,
  type ContainerRuntime,
  type ContainerStats,
  type ContainerStatus,
  type ExecSyncResult,
  type Image,
  type LinuxContainerResources,
  type PodSandboxConfig,
  type PodSandboxStatus,
  type RegistryAuth,
  type RuntimeStatus,
  type RuntimeVersion,
} from '../cri.ts';
import { AddressPool } from './addresses.ts';
import { SimulatedContainer } from './container.ts';
import { ContainerFiles } from './container-files.ts';
import { execCommand } from './exec-command.ts';
import { ImageService } from './image-service.ts';
import { imageNameText, parseImageName } from './images/image-name.ts';
import { defaultImageRules, type ImageRule } from './images/image-rules.ts';
import { LogWriter } from './log-writer.ts';
import { mainProcess } from './main-process.ts';
import { SimulatedSandbox } from './sandbox.ts';
import { containerScript, failsProbe, type ProbeKind } from './script/pod-script.ts';
import { isWithin } from './script/values.ts';
import type { SimulatedVolumes } from './volumes.ts';
import { Waits } from './waits.ts';

export interface SimulatedRuntimeOptions {
  readonly env: Pick<Env, 'clock' | 'rng' | 'crypto'> & Partial<Pick<Env, 'log'>>;
  readonly nodeName: string;
  /** Where container logs are written, and where what is mounted lies. */
  readonly files: FileSystem;
  /** Fills volumes when they are looked into; the kubelet mounts by the same. */
  readonly volumes?: SimulatedVolumes;
  /** `defaultImageRules` when absent; the first that fits holds. */
  readonly imageRules?: readonly ImageRule[];
  /** Images that are there from the start. */
  readonly images?: readonly string[];
  readonly timings?: Partial<SimulatedTimings>;
  /** What a container uses of which nobody says anything; 1m and 10Mi when absent. */
  readonly usage?: { readonly cpuNanoCores: number; readonly memoryBytes: number };
}

export interface SimulatedTimings {
  /** Setting up a sandbox, its network included. */
  readonly sandboxMs: number;
  readonly startMs: number;
  /** From SIGTERM to the end of a server. */
  readonly stopMs: number;
  /** Pulling an image for the first time takes between these, by its name. */
  readonly pullFromMs: number;
  readonly pullToMs: number;
  /** A pull is tried so long before it fails. */
  readonly failingPullMs: number;
}

const defaultTimings: SimulatedTimings = { sandboxMs: 50, startMs: 50, stopMs: 0, pullFromMs: 200, pullToMs: 1000, failingPullMs: 300 };
const defaultUsage = { cpuNanoCores: 1_000_000, memoryBytes: 10 * 1024 * 1024 };

/**
 * A container runtime in which nothing runs: containers are small state machines on the clock, which do
 * what their commands say as far as that is plain, and what their pods' annotations say
 * (`docs/simulated-pods.md`). Costs nothing while nothing happens: thousands may live in one process.
 */
export class SimulatedRuntime implements ContainerRuntime {
  readonly nodeName: string;
  readonly #options: SimulatedRuntimeOptions;
  readonly #timings: SimulatedTimings;
  readonly #images: ImageService;
  readonly #waits: Waits;
  readonly #sandboxes = new Map<string, SimulatedSandbox>();
  readonly #containers = new Map<string, SimulatedContainer>();
  readonly #listeners = new Set<(event: ContainerEvent) => void>();
  #podCidr: string | undefined;
  #addresses: AddressPool | undefined;
  #hasPower = true;
  #bootId: string;

  constructor(options: SimulatedRuntimeOptions) {
    const { env, nodeName, timings, imageRules = defaultImageRules, images = [] } = options;
    this.#options = options;
    this.nodeName = nodeName;
    this.#timings = { ...defaultTimings, ...timings };
    this.#waits = new Waits(env.clock);
    const { pullFromMs: from, pullToMs: to, failingPullMs: failing } = this.#timings;
    this.#images = new ImageService({
      crypto: env.crypto,
      waits: this.#waits,
      rules: imageRules,
      present: images,
      pullMs: { from, to, failing },
    });
    this.#bootId = env.crypto.uuid();
  }

  /** Another one after each time without power, as `/proc/sys/kernel/random/boot_id`. */
  get bootId(): string {
    return this.#bootId;
  }

  get hasPower(): boolean {
    return this.#hasPower;
  }

  /** Everything stops at once, and who waits for the runtime hears that it is gone. Nobody is told of an event. */
  powerOff(): void {
    if (!this.#hasPower) return;
    this.#hasPower = false;
    for (const container of this.#containers.values()) container.kill();
    for (const sandbox of this.#sandboxes.values()) this.#stop(sandbox);
    this.#waits.breakOff(unavailable());
  }

  /** The containers that were there are found ended, and their sandboxes not ready; images, logs and the network's settings have stayed. */
  powerOn(): void {
    if (this.#hasPower) return;
    this.#hasPower = true;
    this.#bootId = this.#options.env.crypto.uuid();
  }

  async version(): Promise<RuntimeVersion> {
    this.#requirePower();
    return { runtimeName: 'simulated', runtimeVersion: '1.0.0' };
  }

  async status(): Promise<RuntimeStatus> {
    this.#requirePower();
    const network = this.#addresses
      ? { type: 'NetworkReady', status: true, reason: '', message: '' }
      : {
          type: 'NetworkReady',
          status: false,
          reason: 'NetworkPluginNotReady',
          message: 'Network plugin returns error: cni plugin not initialized',
        };
    return { conditions: [{ type: 'RuntimeReady', status: true, reason: '', message: '' }, network] };
  }

  async updateRuntimeConfig({ podCidr }: { readonly podCidr: string }): Promise<void> {
    this.#requirePower();
    if (podCidr === '' || podCidr === this.#podCidr) return;
    this.#addresses = new AddressPool(podCidr);
    this.#podCidr = podCidr;
  }

  async runPodSandbox(config: PodSandboxConfig): Promise<string> {
    this.#requirePower();
    const { uid, attempt } = config.metadata;
    const known = [...this.#sandboxes.values()].find(({ config: { metadata } }) => metadata.uid === uid && metadata.attempt === attempt);
    if (known) return known.id;
    await this.#waits.pass(this.#timings.sandboxMs);
    const sandbox = new SimulatedSandbox(this.#newId(), config, this.#now(), config.hostNetwork ? [] : this.#takeAddresses());
    this.#sandboxes.set(sandbox.id, sandbox);
    this.#tell('SandboxChanged', uid, sandbox.id);
    return sandbox.id;
  }

  async stopPodSandbox(sandboxId: string): Promise<void> {
    this.#requirePower();
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox?.isReady) return;
    for (const container of this.#inSandbox(sandboxId)) container.kill();
    this.#stop(sandbox);
    this.#tell('SandboxChanged', sandbox.config.metadata.uid, sandboxId);
  }

  async removePodSandbox(sandboxId: string): Promise<void> {
    await this.stopPodSandbox(sandboxId);
    const sandbox = this.#sandboxes.get(sandboxId);
    if (!sandbox) return;
    for (const { id } of this.#inSandbox(sandboxId)) await this.removeContainer(id);
    this.#sandboxes.delete(sandboxId);
    this.#tell('SandboxChanged', sandbox.config.metadata.uid, sandboxId);
  }

  async podSandboxStatus(sandboxId: string): Promise<PodSandboxStatus> {
    return this.#sandbox(sandboxId).status();
  }

  async listPodSandbox({ podUid }: { readonly podUid?: string } = {}): Promise<readonly PodSandboxStatus[]> {
    this.#requirePower();
    const all = [...this.#sandboxes.values()];
    return all.filter(({ config }) => podUid === undefined || config.metadata.uid === podUid).map((sandbox) => sandbox.status());
  }

  async createContainer(sandboxId: string, config: ContainerConfig): Promise<string> {
    const sandbox = this.#sandbox(sandboxId);
    const { name, attempt } = config.metadata;
    for (const { id, parts } of this.#inSandbox(sandboxId))
      if (parts.config.metadata.name === name && parts.config.metadata.attempt === attempt) return id;
    if (!sandbox.isReady) throw notRunning(sandboxId);
    const container = this.#newContainer(sandbox, config);
    this.#containers.set(container.id, container);
    this.#tell('ContainerCreated', sandbox.config.metadata.uid, container.id);
    return container.id;
  }

  async startContainer(containerId: string): Promise<void> {
    const container = this.#container(containerId);
    if (container.state === 'Running') return;
    if (container.state !== 'Created') throw notInState(container, 'CONTAINER_CREATED', 'start');
    const { script, podUid, sandboxId, main } = container.parts;
    await this.#waits.pass(script.startMs ?? this.#timings.startMs);
    // What was taken away meanwhile does not start any more.
    this.#container(containerId);
    if (!this.#sandbox(sandboxId).isReady) throw notRunning(sandboxId);
    const failure = script.startError ?? main.startError;
    if (failure !== undefined) {
      container.failToStart(failure);
      throw new CriError('Unknown', failure);
    }
    container.start(() => this.#tell('ContainerStarted', podUid, containerId));
  }

  async stopContainer(containerId: string, timeoutSeconds: number): Promise<void> {
    this.#requirePower();
    const container = this.#containers.get(containerId);
    if (container?.state !== 'Running') return;
    if (timeoutSeconds > 0) container.terminate();
    else container.kill();
    const cancel = this.#options.env.clock.after(timeoutSeconds * 1000, () => container.kill());
    try {
      await this.#waits.until(container.ended());
    } finally {
      cancel();
    }
  }

  async removeContainer(containerId: string): Promise<void> {
    this.#requirePower();
    const container = this.#containers.get(containerId);
    if (!container) return;
    container.kill();
    this.#containers.delete(containerId);
    this.#tell('ContainerDeleted', container.parts.podUid, containerId);
  }

  async containerStatus(containerId: string): Promise<ContainerStatus> {
    return this.#container(containerId).status();
  }

  async listContainers(filter: { readonly podUid?: string } = {}): Promise<readonly ContainerStatus[]> {
    this.#requirePower();
    return this.#ofPod(filter.podUid).map((container) => container.status());
  }

  async updateContainerResources(containerId: string, resources: LinuxContainerResources): Promise<void> {
    this.#container(containerId).updateResources(resources);
  }

  async execSync(containerId: string, command: readonly string[], timeoutSeconds: number): Promise<ExecSyncResult> {
    const container = this.#container(containerId);
    if (container.state !== 'Running') throw notInState(container, 'CONTAINER_RUNNING', 'exec');
    const { failingExec, execExitCode } = container.parts.script;
    const fails = failingExec.length === 0 ? execExitCode !== undefined : failingExec.some((span) => isWithin(span, container.ageMs));
    if (fails) return { exitCode: execExitCode ?? 1, stdout: utf8(''), stderr: utf8('this command fails as the pod’s annotations say\n') };
    const { hostname } = this.#sandbox(container.parts.sandboxId).config;
    const surroundings = { env: this.#options.env, hostname, onKill: (signal: string) => this.#signal(containerId, signal) };
    return this.#waits.until(execCommand(container, command, timeoutSeconds, surroundings));
  }

  async listContainerStats(filter: { readonly podUid?: string } = {}): Promise<readonly ContainerStats[]> {
    this.#requirePower();
    return this.#ofPod(filter.podUid)
      .filter(({ state }) => state === 'Running')
      .map((container) => container.stats());
  }

  async pullImage(image: string, _auth?: RegistryAuth, sandbox?: PodSandboxConfig): Promise<string> {
    this.#requirePower();
    return this.#images.pull(image, sandbox);
  }

  async imageStatus(image: string): Promise<Image | undefined> {
    this.#requirePower();
    return this.#images.find(image);
  }

  async listImages(): Promise<readonly Image[]> {
    this.#requirePower();
    return this.#images.all();
  }

  async removeImage(image: string): Promise<void> {
    this.#requirePower();
    this.#images.remove(image);
  }

  onEvent(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What somebody hears who knocks at a container's port: nothing, that it is unwell, or an answer. */
  answerTo(containerId: string, probe: ProbeKind | undefined): 'nothing' | 'unwell' | 'well' {
    const container = this.#containers.get(containerId);
    if (!this.#hasPower || container?.state !== 'Running') return 'nothing';
    return probe && failsProbe(container.parts.script, probe, container.ageMs) ? 'unwell' : 'well';
  }

  #newContainer(sandbox: SimulatedSandbox, config: ContainerConfig): SimulatedContainer {
    const { env, files, volumes, usage = defaultUsage } = this.#options;
    const image = this.#images.find(config.imageRef === '' ? config.image : config.imageRef);
    if (!image) throw new CriError('NotFound', `failed to resolve image ${JSON.stringify(config.image)}: not found`);
    const { metadata, annotations, hostname, logDirectory } = sandbox.config;
    const script = containerScript(annotations, config.metadata.name);
    const id = this.#newId();
    const logPath = config.logPath === '' ? '' : `${logDirectory}/${config.logPath}`;
    return new SimulatedContainer({
      env,
      id,
      sandboxId: sandbox.id,
      podUid: metadata.uid,
      config,
      image: imageNameText(parseImageName(config.image)),
      imageRef: image.repoDigests[0] ?? image.id,
      logPath,
      script,
      main: mainProcess(config, script, {
        env,
        hostname: hostname === '' ? this.nodeName : hostname,
        onKill: (signal) => this.#signal(id, signal),
      }),
      files: () => new ContainerFiles(files, config.mounts, volumes && ((path) => volumes.fill(path))),
      log:
        logPath === ''
          ? undefined
          : new LogWriter(env.clock, files, logPath, (error) => env.log?.error(error, 'a container’s log cannot be written', { logPath })),
      defaults: {
        cpu: [{ fromMs: 0, value: usage.cpuNanoCores }],
        memory: [{ fromMs: 0, value: usage.memoryBytes }],
        stopMs: this.#timings.stopMs,
      },
      onEnd: () => this.#tell('ContainerStopped', metadata.uid, id),
    });
  }

  #signal(containerId: string, signal: string): void {
    const container = this.#containers.get(containerId);
    if (signal === 'KILL') container?.kill();
    else if (signal === 'TERM') container?.terminate();
  }

  #stop(sandbox: SimulatedSandbox): void {
    sandbox.isReady = false;
    this.#addresses?.release(sandbox.ips);
    sandbox.ips = [];
  }

  #takeAddresses(): readonly string[] {
    if (!this.#addresses) throw new CriError('Unknown', 'failed to setup network for sandbox: cni plugin not initialized');
    return this.#addresses.take();
  }

  #inSandbox(sandboxId: string): readonly SimulatedContainer[] {
    return [...this.#containers.values()].filter(({ parts }) => parts.sandboxId === sandboxId);
  }

  #ofPod(podUid: string | undefined): readonly SimulatedContainer[] {
    const all = [...this.#containers.values()];
    return podUid === undefined ? all : all.filter(({ parts }) => parts.podUid === podUid);
  }

  #sandbox(id: string): SimulatedSandbox {
    this.#requirePower();
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox) throw new CriError('NotFound', `an error occurred when try to find sandbox: sandbox ${JSON.stringify(id)}: not found`);
    return sandbox;
  }

  #container(id: string): SimulatedContainer {
    this.#requirePower();
    const container = this.#containers.get(id);
    if (!container) throw new CriError('NotFound', `an error occurred when try to find container ${JSON.stringify(id)}: not found`);
    return container;
  }

  #requirePower(): void {
    if (!this.#hasPower) throw unavailable();
  }

  #tell(type: ContainerEvent['type'], podUid: string, id: string): void {
    if (!this.#hasPower) return;
    for (const listener of this.#listeners) listener({ type, podUid, id });
  }

  #newId(): string {
    return Array.from(this.#options.env.crypto.randomBytes(32), twoDigits).join('');
  }

  #now(): number {
    return this.#options.env.clock.now();
  }
}

const twoDigits = (byte: number): string => byte.toString(16).padStart(2, '0');

const unavailable = (): CriError =>
  new CriError(
    'Unavailable',
    'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
  );

const notRunning = (sandboxId: string): CriError =>
  new CriError('Unknown', `failed to get sandbox container task: sandbox ${sandboxId} is not running`);

const notInState = ({ id, state }: SimulatedContainer, wanted: string, what: string): CriError =>
  new CriError(
    'Unknown',
    `failed to ${what} container ${JSON.stringify(id)}: container is in CONTAINER_${state.toUpperCase()} state, not ${wanted}`,
  );
