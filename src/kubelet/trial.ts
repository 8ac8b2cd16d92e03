/** For tests: one simulated node's kubelet beside an API server on a virtual clock. */
import type { Env } from '../base/env.ts';
import { isNotFound } from '../api/errors.ts';
import type { Event as EventType, Pod as PodType, PodSpec, Secret as SecretType } from '../api/generated/core/v1.ts';
import { Event } from '../api/kinds/core/event.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { Secret } from '../api/kinds/core/secret.ts';
import { ServiceAccount } from '../api/kinds/core/serviceaccount.ts';
import type { Client } from '../client/client.ts';
import { MemoryFiles } from '../machine/memory/files.ts';
import { simulatedProbes } from '../runtime/simulated/probes.ts';
import { SimulatedRuntime } from '../runtime/simulated/runtime.ts';
import type { KubeletConfig } from './config.ts';
import { kubelet, type KubeletComponent, type RunningKubelet } from './kubelet.ts';
import type { Machine } from './ports.ts';

export const trialMachine: Machine = {
  capacity: { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' },
  addresses: ['172.18.0.3'],
  info: {
    machineID: 'machine',
    systemUUID: 'system',
    bootID: 'boot',
    kernelVersion: '6.1.0',
    osImage: 'Simulated',
    operatingSystem: 'linux',
    architecture: 'amd64',
  },
};

/** The annotations that script simulated pods. */
export const scripted = (keys: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`simulated.slipway.dev/${key}`, value]));

export class TrialKubelet {
  readonly client: Client;
  readonly env: Env;
  readonly files = new MemoryFiles();
  readonly runtime: SimulatedRuntime;
  readonly component: KubeletComponent;
  #running: RunningKubelet | undefined;

  constructor(client: Client, env: Env, config: Partial<KubeletConfig> = {}, machine: Machine = trialMachine) {
    this.client = client;
    this.env = env;
    this.runtime = new SimulatedRuntime({ env, nodeName: 'node01', files: this.files });
    this.component = kubelet({
      nodeName: 'node01',
      client,
      runtime: this.runtime,
      files: this.files,
      machine,
      probes: simulatedProbes(this.runtime),
      config: { podCidr: '10.244.1.0/24', ...config },
    });
  }

  async start(): Promise<void> {
    this.adopt(await this.component.start(this.env));
    // Pods need an account, which no controller makes here.
    await this.client.create(ServiceAccount, { metadata: { name: 'default', namespace: 'default' } }).catch(() => {});
  }

  /** What was started elsewhere is what `stop` stops. */
  adopt(running: RunningKubelet): void {
    this.#running = running;
  }

  async stop(): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
  }

  /** Makes a pod that is bound to the node. Nothing is mounted into it. */
  run(name: string, spec: PodSpec, annotations: Readonly<Record<string, string>> = {}): Promise<PodType> {
    return this.client.create<PodType>(Pod, {
      metadata: { name, namespace: 'default', annotations },
      spec: { nodeName: 'node01', automountServiceAccountToken: false, ...spec },
    } as PodType);
  }

  pod(name: string): Promise<PodType> {
    return this.client.get<PodType>(Pod, { namespace: 'default', name });
  }

  /** As `kubectl delete --force`: the API forgets it at once. */
  async forceDelete(name: string): Promise<void> {
    await this.client.delete(Pod, { namespace: 'default', name }, { gracePeriodSeconds: 0 });
  }

  async isGone(name: string): Promise<boolean> {
    return this.pod(name).then(
      () => false,
      (error: unknown) => isNotFound(error),
    );
  }

  /** `Reason: message` of each event about the object, in the order in which they were written first. */
  async eventsOf(name: string): Promise<string[]> {
    const { items } = await this.client.list<EventType>(Event, { namespace: 'default' });
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  /** How often an event of that reason came. */
  async eventCount(name: string, reason: string): Promise<number> {
    const { items } = await this.client.list<EventType>(Event, { namespace: 'default' });
    return items
      .filter((event) => event.involvedObject.name === name && event.reason === reason)
      .reduce((sum, { count = 1 }) => sum + count, 0);
  }

  /** Makes the Secret, or changes it. */
  async secret(name: string, stringData: Readonly<Record<string, string>>): Promise<void> {
    const secret: SecretType = { metadata: { name, namespace: 'default' }, stringData };
    await this.client.create(Secret, secret).catch(() => this.client.update(Secret, secret));
  }
}
