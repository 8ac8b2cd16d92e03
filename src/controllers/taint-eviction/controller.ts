import type { Env } from '../../base/env.ts';
import { WorkQueue } from '../../base/work-queue.ts';
import { isNotFound } from '../../api/errors.ts';
import type { Node as NodeObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { podCondition } from '../../api/pods/pod-state.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Client } from '../../client/client.ts';
import { eventRecorder, type EventRecorder } from '../../client/event-recorder.ts';
import { keyOf, type Change, type Informer } from '../../client/informer.ts';
import { byNode, type Informers } from '../../client/informers.ts';
import type { ControllerDescriptor } from '../descriptor.ts';
import { noExecute, stayMs } from './decision.ts';

const workers = 8;

/** Deletes pods from nodes with NoExecute taints that they do not tolerate, or no longer. */
export const taintEvictionController: ControllerDescriptor = {
  name: 'taint-eviction-controller',
  serviceAccount: 'node-controller',
  async start({ client, informers, env }) {
    const eviction = new TaintEviction(client, informers, { ...env, log: env.log.named('taint-eviction-controller') });
    await informers.synced();
    eviction.start();
  },
};

/**
 * Listens for what matters alone (pods by the ten thousand change all the time, but seldom their node
 * or their tolerations). Source: tainteviction/taint_eviction.go.
 */
class TaintEviction {
  readonly #client: Client;
  readonly #env: Env;
  readonly #events: EventRecorder;
  readonly #nodes: Informer<NodeObject>;
  readonly #pods: Informer<PodObject>;
  /** When pods are to go, by key. */
  readonly #due = new Map<string, number>();
  readonly #queue: WorkQueue;

  constructor(client: Client, informers: Informers, env: Env) {
    this.#client = client;
    this.#env = env;
    this.#events = eventRecorder({ client, env, component: 'taint-eviction-controller' });
    this.#nodes = informers.of(Node);
    this.#pods = informers.of(Pod);
    this.#queue = new WorkQueue({ clock: env.clock, baseDelayMs: 10, maxDelayMs: 1000 });
  }

  start(): void {
    this.#nodes.onChange((change) => this.#nodeChanged(change));
    this.#pods.onChange((change) => this.#podChanged(change));
    this.#env.signal.addEventListener('abort', () => this.#queue.close(), { once: true });
    for (let n = 0; n < workers; n++) void this.#work();
  }

  #nodeChanged({ now, old }: Change<NodeObject>): void {
    const taints = noExecute(now?.spec?.taints);
    const before = noExecute(old?.spec?.taints);
    if (!now || semanticallyEqual(taints, before)) return;
    for (const pod of this.#pods.byIndex(byNode, now.metadata.name!)) this.#judge(pod, now);
  }

  #podChanged({ now, old }: Change<PodObject>): void {
    if (!now) return this.#spare(keyOf(old));
    if ((now.spec.nodeName ?? '') === '') return;
    const isSame = old?.spec.nodeName === now.spec.nodeName && semanticallyEqual(old?.spec.tolerations, now.spec.tolerations);
    const node = isSame ? undefined : this.#nodes.get(now.spec.nodeName!);
    if (node && noExecute(node.spec?.taints).length > 0) this.#judge(now, node);
  }

  /** Whoever has to go in any case goes by the time that was set first. */
  #judge(pod: PodObject, node: NodeObject): void {
    const key = keyOf(pod);
    const nowMs = this.#env.clock.now();
    const forMs = stayMs(noExecute(node.spec?.taints), pod.spec.tolerations ?? []);
    if (forMs === Infinity) return this.#spare(key);
    const due = this.#due.get(key);
    if (forMs > 0 && due !== undefined) return;
    if (forMs === 0 && due !== undefined && due > nowMs) this.#spare(key);
    if (pod.metadata.deletionTimestamp !== undefined) return;
    this.#due.set(key, nowMs + forMs);
    this.#queue.addAfter(key, forMs);
  }

  #spare(key: string): void {
    if (this.#due.delete(key)) this.#tell(key, `Cancelling deletion of Pod ${key}`);
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      await this.#evictIfDue(key);
      this.#queue.done(key);
    }
  }

  async #evictIfDue(key: string): Promise<void> {
    const due = this.#due.get(key);
    const pod = this.#pods.get(key);
    if (due === undefined || !pod) return;
    const waitMs = due - this.#env.clock.now();
    if (waitMs > 0) return this.#queue.addAfter(key, waitMs);
    if (this.#queue.failures(key) === 0) this.#tell(key, `Marking for deletion Pod ${key}`);
    // From here on it cannot be called off.
    this.#due.delete(key);
    try {
      await this.#evict(pod);
      this.#queue.forget(key);
    } catch (error) {
      this.#due.set(key, due);
      this.#env.log.error(error, 'Failed to evict a pod; will try again', { pod: key });
      this.#queue.retry(key);
    }
  }

  async #evict(pod: PodObject): Promise<void> {
    const { namespace, name, uid } = pod.metadata;
    const at = { namespace, name: name! };
    try {
      if (podCondition(pod, 'DisruptionTarget')?.status !== 'True') {
        const patch = { metadata: { uid }, status: { conditions: [disruption(pod, this.#env.clock.now())] } };
        await this.#client.patch(Pod, at, 'strategic', patch, { subresource: 'status' });
      }
      await this.#client.delete(Pod, at, { preconditions: { uid: uid! } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #tell(key: string, message: string): void {
    const [namespace, name] = key.split('/');
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace: namespace!, name: name! };
    this.#events.event(pod, 'Normal', 'TaintManagerEviction', message);
  }
}

const disruption = ({ metadata: { generation } }: PodObject, nowMs: number) => ({
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
  lastTransitionTime: timestampOf(nowMs),
  ...(generation !== undefined && { observedGeneration: generation }),
});
