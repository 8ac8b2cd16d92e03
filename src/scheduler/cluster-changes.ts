import type { Node as NodeType, Pod as PodType } from '../api/generated/core/v1.ts';
import type { Kind } from '../api/kind.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { isFinished, isScheduled } from '../api/pods/pod-state.ts';
import type { Change } from '../client/informer.ts';
import type { Informers } from '../client/informers.ts';
import type { SchedulerCache } from './cache.ts';
import { podInfoOf, podKey, priorityOf } from './pod-info.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';
import { isRelevantNodeChange, isRelevantPodChange } from './relevant-changes.ts';

export interface ClusterChangesOptions {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  /** Pods whose `schedulerName` is one of the profiles'. */
  readonly isOurs: (pod: PodType) => boolean;
}

/**
 * Carries what informers see into the cache and the queue. Source: kube-scheduler's eventhandlers.go.
 */
export class ClusterChanges {
  readonly #cache: SchedulerCache;
  readonly #queue: SchedulingQueue;
  readonly #isOurs: (pod: PodType) => boolean;

  constructor({ cache, queue, isOurs }: ClusterChangesOptions) {
    this.#cache = cache;
    this.#queue = queue;
    this.#isOurs = isOurs;
  }

  /** Listens to pods, nodes, and the kinds of which plugins want to hear; answers the end of it. */
  listen(informers: Informers, kinds: Iterable<Kind>): () => void {
    const ends = [
      informers.of(Node).onChange((change) => this.node(change)),
      informers.of(Pod).onChange((change) => this.pod(change)),
      ...Array.from(new Set(kinds), (kind) =>
        kind === Node || kind === Pod ? () => {} : informers.of(kind).onChange((change) => this.#queue.tell({ kind, ...change })),
      ),
    ];
    return () => ends.forEach((end) => end());
  }

  node({ old, now }: Change<NodeType>): void {
    if (now) {
      this.#cache.putNode(now);
      if (!old) this.#queue.tell({ kind: Node, now });
      else if (this.#queue.mayReturn && isRelevantNodeChange(old, now)) this.#queue.tell({ kind: Node, old, now });
    } else {
      this.#queue.tell({ kind: Node, old });
      this.#cache.removeNode(old.metadata.name ?? '');
    }
  }

  /** A pod that has finished takes no room: it counts as gone. */
  pod(change: Change<PodType>): void {
    const old = change.old && !isFinished(change.old) ? change.old : undefined;
    const now = change.now && !isFinished(change.now) ? change.now : undefined;
    const replaced = old && now && old.metadata.uid !== now.metadata.uid;
    if (old && (!now || replaced)) this.#gone(old);
    if (!now) return;
    const before = replaced ? undefined : old;
    if (isScheduled(now)) this.#scheduled(now, before);
    else if (this.#isOurs(now)) this.#waiting(now, before);
  }

  #scheduled(now: PodType, old: PodType | undefined): void {
    const key = podKey(now);
    const wasScheduled = old !== undefined && isScheduled(old);
    this.#cache.putPod(podInfoOf(now));
    if (!wasScheduled) {
      this.#queue.delete(key);
      this.#queue.tell({ kind: Pod, now });
    } else if (this.#queue.mayReturn && isRelevantPodChange(old, now)) this.#queue.tell({ kind: Pod, old, now });
  }

  #waiting(now: PodType, old: PodType | undefined): void {
    const key = podKey(now);
    if (this.#cache.isAssumed(key)) {
      const leaves = now.metadata.deletionTimestamp !== undefined && old?.metadata.deletionTimestamp === undefined;
      if (leaves) this.#assumedGone(key);
    } else if (!old) this.#queue.add(now);
    else {
      this.#queue.update(old, now, isRelevantPodChange(old, now));
      const nominated = old.status?.nominatedNodeName;
      if (nominated && nominated !== now.status?.nominatedNodeName) this.#roomGivenUp(old);
    }
  }

  #gone(old: PodType): void {
    const key = podKey(old);
    this.#queue.delete(key);
    if (isScheduled(old)) {
      this.#cache.removePod(key);
      this.#queue.tell({ kind: Pod, old });
    } else if (this.#cache.isAssumed(key)) this.#assumedGone(key);
    else if (old.status?.nominatedNodeName) this.#roomGivenUp(old);
  }

  /** Its binding goes on, and will fail. */
  #assumedGone(key: string): void {
    const assumed = this.#cache.pod(key);
    this.#cache.forget(key);
    if (assumed) this.#queue.tell({ kind: Pod, old: assumed.pod });
  }

  /** Pods of no higher priority had counted it as being on its node: for them it is as if it went from there. */
  #roomGivenUp(pod: PodType): void {
    const old = { ...pod, spec: { ...pod.spec, nodeName: pod.status?.nominatedNodeName } };
    this.#queue.tell({ kind: Pod, old }, (other) => priorityOf(other) <= priorityOf(pod));
  }
}
