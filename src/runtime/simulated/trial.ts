/** For tests: a simulated node on a virtual clock. */
import { seededRng } from '../../base/rng.ts';
import { seededCrypto } from '../../base/seeded-crypto.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { text } from '../../codec/bytes.ts';
import { MemoryFiles } from '../../machine/memory/files.ts';
import type { ContainerConfig, ContainerStatus, PodSandboxConfig } from '../cri.ts';
import { SimulatedRuntime, type SimulatedRuntimeOptions } from './runtime.ts';

export const scripted = (keys: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`simulated.slipway.dev/${key}`, value]));

/** `turn` resolves when everything that could run without time passing has run. */
export function simulatedNode(turn: () => Promise<void>, options: Partial<SimulatedRuntimeOptions> = {}): TrialNode {
  return new TrialNode(new VirtualClock({ turn }), options);
}

export class TrialNode {
  readonly clock: VirtualClock;
  readonly files = new MemoryFiles();
  readonly runtime: SimulatedRuntime;

  constructor(clock: VirtualClock, options: Partial<SimulatedRuntimeOptions>) {
    this.clock = clock;
    const rng = seededRng(1);
    const env = { clock, rng, crypto: seededCrypto(rng) };
    this.runtime = new SimulatedRuntime({ env, nodeName: 'node01', files: this.files, ...options });
  }

  /** What the promise resolves to, with the time passing that it takes. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    promise.finally(() => (isDone = true)).catch(() => {});
    await this.clock.settle();
    if (!isDone) await this.clock.until(() => isDone, 3_600_000);
    return promise;
  }

  sandboxConfig(annotations: Readonly<Record<string, string>> = {}, uid = 'uid'): PodSandboxConfig {
    return {
      metadata: { name: 'web', namespace: 'shop', uid, attempt: 0 },
      hostname: 'web',
      logDirectory: `/var/log/pods/shop_web_${uid}`,
      labels: {},
      annotations,
      hostNetwork: false,
      portMappings: [],
    };
  }

  async sandbox(annotations?: Readonly<Record<string, string>>, uid?: string): Promise<string> {
    await this.runtime.updateRuntimeConfig({ podCidr: '10.244.1.0/24' });
    return this.settled(this.runtime.runPodSandbox(this.sandboxConfig(annotations, uid)));
  }

  /** A container that is made and not started. */
  async created(sandboxId: string, config: Partial<ContainerConfig> = {}): Promise<string> {
    const image = config.image ?? 'nginx';
    await this.settled(this.runtime.pullImage(image));
    return this.runtime.createContainer(sandboxId, {
      metadata: { name: 'main', attempt: 0 },
      image,
      imageRef: '',
      command: [],
      args: [],
      workingDir: '',
      envs: [],
      mounts: [],
      labels: {},
      annotations: {},
      logPath: `${config.metadata?.name ?? 'main'}/${config.metadata?.attempt ?? 0}.log`,
      stdin: false,
      tty: false,
      resources: { cpuShares: 2, cpuQuotaMicros: 0, cpuPeriodMicros: 0, memoryLimitBytes: 0, oomScoreAdj: 0 },
      ...config,
    });
  }

  async started(sandboxId: string, config?: Partial<ContainerConfig>): Promise<string> {
    const id = await this.created(sandboxId, config);
    await this.settled(this.runtime.startContainer(id));
    return id;
  }

  /** A pod of one container, started. */
  async running(annotations?: Readonly<Record<string, string>>, config?: Partial<ContainerConfig>): Promise<string> {
    return this.started(await this.sandbox(annotations), config);
  }

  status(containerId: string): Promise<ContainerStatus> {
    return this.runtime.containerStatus(containerId);
  }

  /** How it has ended: exit code, reason, and how long it ran. */
  async ending(containerId: string): Promise<string> {
    const { state, exitCode, reason, startedAtMs, finishedAtMs } = await this.status(containerId);
    return state === 'Exited' ? `${exitCode} ${reason} after ${finishedAtMs - startedAtMs} ms` : state;
  }

  /** What it has printed, without the times. */
  async output(containerId: string): Promise<string[]> {
    await this.clock.settle();
    const { logPath } = await this.status(containerId);
    const lines = text(await this.files.readFile(logPath))
      .split('\n')
      .slice(0, -1);
    return lines.map((line) => line.replace(/^\S+ (\S+) F /, (_all, stream: string) => (stream === 'stderr' ? '! ' : '')));
  }
}
