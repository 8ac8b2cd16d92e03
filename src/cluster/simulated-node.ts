import type { Env } from '../base/env.ts';
import { toHex, utf8 } from '../codec/bytes.ts';
import type { Taint } from '../api/generated/core/v1.ts';
import type { Client } from '../client/client.ts';
import type { KubeletConfig } from '../kubelet/config.ts';
import { kubelet, type KubeletComponent, type RunningKubelet } from '../kubelet/kubelet.ts';
import type { Machine, NodeSource, PodSource, ServiceSource } from '../kubelet/ports.ts';
import { MemoryFiles } from '../machine/memory/files.ts';
import { simulatedProbes } from '../runtime/simulated/probes.ts';
import { SimulatedRuntime } from '../runtime/simulated/runtime.ts';
import { SimulatedVolumes } from '../runtime/simulated/volumes.ts';
import type { NodeSpec } from './spec.ts';
import { kubernetesVersion } from './version.ts';

/** What every simulated node says it has. */
export const defaultCapacity: Readonly<Record<string, string>> = {
  cpu: '8',
  memory: '16Gi',
  pods: '110',
  'ephemeral-storage': '100Gi',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
};

export interface SimulatedNodeOptions {
  readonly spec: NodeSpec;
  readonly cluster: string;
  readonly address: string;
  /** What it registers with. */
  readonly taints: readonly Taint[];
  readonly env: Env;
  /** With the rights of the node. */
  readonly client: Client;
  readonly sources: NodeSources;
  /** Fields of the kubelet's configuration that are not to be its defaults. */
  readonly config?: Partial<KubeletConfig>;
}

/** What the kubelets of one process share, lest each watch for itself. */
export interface NodeSources {
  readonly pods: PodSource;
  readonly nodes: NodeSource;
  readonly services: ServiceSource;
}

/** A machine in which nothing is real but its kubelet. */
export class SimulatedNode {
  readonly name: string;
  readonly kubelet: KubeletComponent;
  readonly #env: Env;
  readonly #runtime: SimulatedRuntime;
  #running: RunningKubelet | undefined;

  constructor({ spec, cluster, address, taints, env, client, sources, config }: SimulatedNodeOptions) {
    const { name } = spec;
    const files = new MemoryFiles();
    const volumes = new SimulatedVolumes(files);
    this.name = name;
    this.#env = env;
    this.#runtime = new SimulatedRuntime({ env, nodeName: name, files, volumes });
    this.kubelet = kubelet({
      nodeName: name,
      client,
      runtime: this.#runtime,
      files,
      volumes,
      machine: machineOf(cluster, spec, address, this.#runtime, env),
      probes: simulatedProbes(this.#runtime),
      ...sources,
      config: {
        ...config,
        kubeletVersion: kubernetesVersion,
        providerId: `slipway://${cluster}/${name}`,
        nodeLabels: { 'slipway.dev/simulated': 'true' },
        registerWithTaints: taints,
      },
    });
  }

  get hasPower(): boolean {
    return this.#runtime.hasPower;
  }

  get running(): RunningKubelet | undefined {
    return this.#running;
  }

  /** Starts the kubelet; resolves when it works. */
  async start(): Promise<void> {
    this.#running = await this.kubelet.start(this.#env);
    await this.#running.ready;
  }

  /** Pulls the plug: nobody is told, and everything that ran is gone. */
  async powerOff(): Promise<void> {
    this.#runtime.powerOff();
    await this.stop();
  }

  async powerOn(): Promise<void> {
    if (this.hasPower) return;
    this.#runtime.powerOn();
    await this.start();
  }

  /** Ends the kubelet alone; the pods go on. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.[Symbol.asyncDispose]();
  }
}

function machineOf(
  cluster: string,
  { name, capacity = defaultCapacity }: NodeSpec,
  address: string,
  runtime: SimulatedRuntime,
  { crypto }: Env,
): Machine {
  const id = toHex(crypto.sha256(utf8(`${cluster}/${name}`))).slice(0, 32);
  return {
    capacity,
    addresses: [address],
    info: {
      machineID: id,
      systemUUID: `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`,
      get bootID() {
        return runtime.bootId;
      },
      kernelVersion: 'simulated',
      osImage: 'Slipway (simulated)',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  };
}
