import type { Node, Pod } from '../../api/generated/core/v1.ts';
import { podEvent } from '../containers/container-events.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import type { PodListener } from '../ports.ts';
import { admit, type Refusal } from './admission.ts';
import { removeOrphan } from './clean-up.ts';
import { PodWorker } from './pod-worker.ts';
import { differInResources, grantedBefore, withResourcesOf } from './resize-grant.ts';

export interface PodWorkersOptions {
  readonly parts: KubeletParts;
  /** The node's object as registered, for admission. */
  readonly node: () => Node;
  readonly networkProblem: () => string | undefined;
}

/** All pods of a node: a worker each, those that the node refuses, and what runs of none of them. */
export class PodWorkers implements PodListener {
  readonly #options: PodWorkersOptions;
  readonly #workers = new Map<string, PodWorker>();
  readonly #refused = new Map<string, Pod>();
  /** Pods whose new resources are not granted yet, as they are written. */
  readonly #deferred = new Map<string, Pod>();

  constructor(options: PodWorkersOptions) {
    this.#options = options;
  }

  /** The pods that are there, whatever has become of them. */
  get pods(): Pod[] {
    return [...Array.from(this.#workers.values(), ({ pod }) => pod), ...this.#refused.values()];
  }

  get(podUid: string): Pod | undefined {
    return this.#workers.get(podUid)?.pod ?? this.#refused.get(podUid);
  }

  pod(pod: Pod): void {
    const uid = pod.metadata.uid!;
    const worker = this.#workers.get(uid);
    if (worker) {
      this.#update(worker, pod);
      return this.#retryDeferred();
    }
    const { parts } = this.#options;
    if (this.#refused.has(uid)) {
      this.#refused.set(uid, pod);
      return parts.statuses.observe(pod);
    }
    const refusal = isNew(pod) ? admit(pod, this.#options.node(), this.#active()) : undefined;
    if (refusal) this.#refuse(pod, refusal);
    else this.#begin(pod);
  }

  /** New resources are granted when the node has them to give. */
  #update(worker: PodWorker, pod: Pod): void {
    const uid = pod.metadata.uid!;
    const granted = withResourcesOf(worker.pod, pod);
    this.#deferred.delete(uid);
    if (!differInResources(granted, pod)) return worker.update(pod);
    const others = this.#active().filter(({ metadata }) => metadata.uid !== uid);
    const refusal = admit(pod, this.#options.node(), others);
    if (!refusal) return worker.update(pod);
    this.#deferred.set(uid, pod);
    worker.update(granted, { message: refusal.message, generation: pod.metadata.generation ?? 0, asked: pod });
  }

  /** Whatever changed, there may be room now: for the most important pod first. */
  #retryDeferred(): void {
    const waiting = Array.from(this.#deferred).toSorted(([, a], [, b]) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0));
    for (const [uid, pod] of waiting) {
      const worker = this.#workers.get(uid);
      if (worker) this.#update(worker, pod);
      else this.#deferred.delete(uid);
    }
  }

  gone(pod: Pod): void {
    const uid = pod.metadata.uid!;
    this.#workers.get(uid)?.gone(pod);
    if (this.#refused.delete(uid)) this.#options.parts.statuses.forget(uid);
  }

  synced(): void {
    void this.#removeOrphans();
  }

  wake(podUid: string): void {
    this.#workers.get(podUid)?.wake();
  }

  probed(podUid: string): void {
    this.#workers.get(podUid)?.probed();
  }

  wakeAll(): void {
    for (const worker of this.#workers.values()) worker.wake();
  }

  stop(): void {
    for (const worker of this.#workers.values()) worker.stop();
  }

  #begin(pod: Pod): void {
    const { parts, networkProblem } = this.#options;
    const uid = pod.metadata.uid!;
    const removed = () => {
      this.#workers.delete(uid);
      this.#retryDeferred();
    };
    const worker = new PodWorker({ parts, pod: grantedBefore(pod), networkProblem, removed });
    this.#workers.set(uid, worker);
    if (differInResources(worker.pod, pod)) this.#update(worker, pod);
    worker.wake();
  }

  /** Source: pkg/kubelet rejectPod. */
  #refuse(pod: Pod, { reason, message }: Refusal): void {
    const { events, statuses } = this.#options.parts;
    this.#refused.set(pod.metadata.uid!, pod);
    podEvent(events, pod, 'Warning', reason, message);
    const { generation } = pod.metadata;
    statuses.set(pod, {
      ...pod.status,
      phase: 'Failed',
      reason,
      message: `Pod was rejected: ${message}`,
      ...(generation !== undefined && { observedGeneration: generation }),
    });
    statuses.finish(pod);
  }

  #active(): Pod[] {
    return Array.from(this.#workers.values())
      .filter(({ active }) => active)
      .map(({ pod }) => pod);
  }

  /** What runs of pods that the source does not know: they were deleted while nobody was here. */
  async #removeOrphans(): Promise<void> {
    const { parts } = this.#options;
    try {
      const [sandboxes, containers] = await Promise.all([parts.runtime.listPodSandbox(), parts.runtime.listContainers()]);
      const uids = new Set([...sandboxes.map(({ metadata }) => metadata.uid), ...containers.map(({ podUid }) => podUid)]);
      await Promise.all([...uids].filter((uid) => !this.#workers.has(uid)).map((uid) => removeOrphan(parts, uid)));
    } catch (error) {
      if (!parts.env.signal.aborted) parts.env.log.error(error, 'Failed to remove pods that are gone');
    }
  }
}

/** No kubelet has taken it on before. */
const isNew = ({ metadata, status }: Pod): boolean => status?.startTime === undefined && metadata.deletionTimestamp === undefined;
