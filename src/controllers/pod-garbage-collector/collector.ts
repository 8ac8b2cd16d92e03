import { sleep } from '../../base/clock.ts';
import type { Env } from '../../base/env.ts';
import { isNotFound } from '../../api/errors.ts';
import type { Pod as PodObject, PodCondition } from '../../api/generated/core/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isFinished, podCondition } from '../../api/pods/pod-state.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { byNode, type Informers } from '../../client/informers.ts';
import type { ControllerDescriptor } from '../descriptor.ts';
import { goingOnLostNodes, goingUnbound, terminatedBeyond } from './doomed-pods.ts';

const periodMs = 20_000;
/** How long a pod's node may be unknown to the informer before the API server is asked whether there is such a node. */
const quarantineMs = 40_000;

/** Every 20 s, removes the pods that nobody else would: no kubelet has them, or there are too many that have ended. */
export const podGarbageCollector: ControllerDescriptor = {
  name: 'pod-garbage-collector-controller',
  serviceAccount: 'pod-garbage-collector',
  async start({ client, informers, env, flags }) {
    const collector = new PodCollector(client, informers, env, flags.terminatedPodGcThreshold);
    await informers.synced();
    void collector.run();
  },
};

class PodCollector {
  readonly #client: Client;
  readonly #pods: Informer<PodObject>;
  readonly #nodes: Informers;
  readonly #env: Env;
  readonly #threshold: number;
  /** Names of nodes that pods are bound to and nobody knows, with when each was first missed. */
  readonly #missedSince = new Map<string, number>();

  constructor(client: Client, informers: Informers, env: Env, threshold: number) {
    this.#client = client;
    this.#pods = informers.of(Pod);
    informers.of(Node);
    this.#nodes = informers;
    this.#env = { ...env, log: env.log.named('pod-garbage-collector-controller') };
    this.#threshold = threshold;
  }

  async run(): Promise<void> {
    const { clock, signal } = this.#env;
    while (!signal.aborted) {
      await this.#collect();
      await sleep(clock, periodMs, signal);
    }
  }

  async #collect(): Promise<void> {
    const pods = this.#pods.list();
    const node = (name: string) => this.#nodes.of(Node).get(name);
    const doomed = new Set([...terminatedBeyond(pods, this.#threshold), ...goingOnLostNodes(pods, node), ...goingUnbound(pods)]);
    await Promise.all(Array.from(doomed, (pod) => this.#end(pod)));
    for (const name of await this.#goneNodes(pods))
      await Promise.all(this.#pods.byIndex(byNode, name).map((pod) => this.#end(pod, nodeIsGone)));
  }

  /** Nodes that pods are bound to and that are not there, as the API server confirms after the quarantine. */
  async #goneNodes(pods: readonly PodObject[]): Promise<string[]> {
    const nowMs = this.#env.clock.now();
    const named = new Set(pods.map(({ spec }) => spec.nodeName ?? ''));
    const missed = [...named].filter((name) => name !== '' && !this.#nodes.of(Node).get(name));
    for (const name of this.#missedSince.keys()) if (!missed.includes(name)) this.#missedSince.delete(name);
    const gone: string[] = [];
    for (const name of missed) {
      const sinceMs = this.#missedSince.get(name);
      if (sinceMs === undefined) this.#missedSince.set(name, nowMs);
      else if (nowMs - sinceMs >= quarantineMs && (await this.#isGone(name))) gone.push(name);
    }
    return gone;
  }

  async #isGone(node: string): Promise<boolean> {
    try {
      await this.#client.get(Node, { name: node });
      return false;
    } catch (error) {
      if (isNotFound(error)) return true;
      this.#env.log.error(error, 'a node cannot be looked up', { node });
      return false;
    }
  }

  /** A pod that did not end by itself has failed: whoever counts on it must see that before it goes. */
  async #end(pod: PodObject, why?: Pick<PodCondition, 'reason' | 'message'>): Promise<void> {
    const { namespace, name = '', uid } = pod.metadata;
    try {
      if (!isFinished(pod)) {
        const patch = { metadata: { uid }, status: this.#failed(pod, why) };
        await this.#client.patch(Pod, { namespace, name }, 'strategic', patch, { subresource: 'status' });
      }
      await this.#client.delete(Pod, { namespace, name }, { gracePeriodSeconds: 0 });
    } catch (error) {
      if (!isNotFound(error)) this.#env.log.error(error, 'a pod cannot be removed', { pod: `${namespace}/${name}` });
    }
  }

  #failed(pod: PodObject, why: Pick<PodCondition, 'reason' | 'message'> | undefined): PodObject['status'] {
    const { generation } = pod.metadata;
    const observed = generation === undefined ? {} : { observedGeneration: generation };
    if (!why) return { phase: 'Failed', ...observed };
    const before = podCondition(pod, 'DisruptionTarget');
    const lastTransitionTime = before?.status === 'True' ? before.lastTransitionTime : timestampOf(this.#env.clock.now());
    const condition: PodCondition = {
      type: 'DisruptionTarget',
      status: 'True',
      ...why,
      ...observed,
      ...(lastTransitionTime && { lastTransitionTime }),
    };
    return { phase: 'Failed', ...observed, conditions: [condition] };
  }
}

const nodeIsGone = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };
