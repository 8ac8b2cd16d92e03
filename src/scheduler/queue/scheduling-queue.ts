import type { Clock } from '../../base/clock.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { Pod as PodKind } from '../../api/kinds/core/pod.ts';
import type { ClusterEvent } from '../framework.ts';
import { podInfoOf, podKey, priorityOf } from '../pod-info.ts';
import { backoffEndsMs, backoffMs, type Backoff } from './backoff.ts';
import { returnOn, type Interests, type Return } from './hints.ts';
import { Nominator } from './nominator.ts';
import { PodHeap } from './pod-heap.ts';
import { queuedPod, type QueuedPod } from './queued-pod.ts';

/** After so long without a helpful event an unschedulable pod is tried again all the same. */
const longestUnschedulableMs = 300_000;
/** Pods whose pauses end within the same window come out by priority. */
const backoffWindowMs = 1000;

export interface SchedulingQueueOptions {
  readonly clock: Clock;
  readonly backoff: Backoff;
  /** Rules of the pod's profile. */
  readonly rulesFor: (pod: Pod) => QueueRules;
  /** There is something to pop. */
  readonly onReady: () => void;
}

export interface QueueRules {
  /** The plugin that does not let the pod in; `first` is asked before the others. */
  readonly gate: (pod: Pod, first: string | undefined) => string | undefined;
  readonly interests: Interests;
}

interface ActiveRank {
  readonly priority: number;
  readonly order: number;
}
interface BackoffRank extends ActiveRank {
  readonly endsMs: number;
}

/**
 * Pods that wait for a node: active ones by priority, those that are left alone for a while after a
 * failed try, and those for which something has to change first. When nothing is active, pods come
 * out of their pause early, except after errors. Source: kube-scheduler's backend/queue.
 *
 * Upstream also keeps events that come while a pod is in hand; here a pod is in hand only within one
 * cycle, which nothing interrupts.
 */
export class SchedulingQueue {
  readonly nominator = new Nominator();
  readonly #options: SchedulingQueueOptions;
  readonly #pods = new Map<string, QueuedPod>();
  readonly #active = new PodHeap<ActiveRank>('active', byPriority);
  readonly #backoff = new PodHeap<BackoffRank>('backoff', byWindow);
  readonly #errorBackoff = new PodHeap<BackoffRank>('errorBackoff', byWindow);
  readonly #unschedulable = new Map<string, QueuedPod>();
  #order = 0;
  #cancelBackoffTimer: (() => void) | undefined;
  #cancelFlushTimer: (() => void) | undefined;
  #closed = false;

  constructor(options: SchedulingQueueOptions) {
    this.#options = options;
  }

  /** Whether `pop` would give a pod. */
  get ready(): boolean {
    return this.#active.size > 0 || this.#backoff.size > 0;
  }

  /** Whether there are pods that an event could bring back. */
  get mayReturn(): boolean {
    return this.#unschedulable.size > 0;
  }

  has(key: string): boolean {
    return this.#pods.has(key);
  }

  /** A pod that is new, or new to this scheduler. */
  add(pod: Pod): void {
    if (this.has(podKey(pod))) return;
    const queued = queuedPod(podInfoOf(pod), this.#order++, this.#options.clock.now());
    this.nominator.put(queued.info);
    this.#activate(queued);
  }

  /** A waiting pod has changed; `matters` when it did so in more than its status. */
  update(old: Pod, now: Pod, matters: boolean): void {
    const queued = this.#pods.get(podKey(now));
    if (!queued) return this.add(now);
    const before = priorityOf(queued.info.pod);
    queued.info = podInfoOf(now);
    this.nominator.update(old, queued.info);
    if (queued.place === 'active' && priorityOf(now) !== before) this.#active.push(queued, rankOf(queued));
    if (queued.place === 'unschedulable' && matters) this.#offer(queued, { kind: PodKind, old, now });
  }

  delete(key: string): void {
    this.nominator.delete(key);
    const queued = this.#pods.get(key);
    if (queued) this.#take(queued);
  }

  /** The pod to be scheduled next. Whoever takes it either places it, or brings it back with `giveBack`. */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#backoff.pop();
    if (!queued) return undefined;
    this.#take(queued);
    queued.attempts++;
    queued.unschedulablePlugins.clear();
    queued.pendingPlugins.clear();
    return queued;
  }

  /** After a try that failed: by the plugins noted in it, or by an error when there are none. `pod` as it is now. */
  giveBack(queued: QueuedPod, pod: Pod): void {
    if (this.has(podKey(pod)) || this.#closed) return;
    if (pod !== queued.info.pod) queued.info = podInfoOf(pod);
    queued.order = this.#order++;
    queued.sinceMs = this.#options.clock.now();
    if (queued.unschedulablePlugins.size + queued.pendingPlugins.size === 0) {
      queued.errors++;
      this.#pause(queued);
    } else {
      queued.unschedulable++;
      queued.errors = 0;
      this.#park(queued);
    }
  }

  /** Brings back those pods which the event may help. */
  tell(event: ClusterEvent, among: (pod: Pod) => boolean = everyPod): void {
    if (!this.mayReturn) return;
    // A copy: who comes back and is gated stands at the end again.
    const waiting = Array.from(this.#unschedulable.values()).filter(({ info }) => among(info.pod));
    for (const queued of waiting) this.#offer(queued, event);
  }

  /** Tries a pod again at once, wherever it waits, unless it is gated. */
  activate(key: string): void {
    const queued = this.#pods.get(key);
    if (queued && queued.place !== 'active') this.#activate(queued);
  }

  close(): void {
    this.#closed = true;
    this.#cancelBackoffTimer?.();
    this.#cancelFlushTimer?.();
  }

  #offer(queued: QueuedPod, event: ClusterEvent): void {
    const { interests } = this.#options.rulesFor(queued.info.pod);
    this.#comeBack(queued, returnOn(event, queued, interests));
  }

  #comeBack(queued: QueuedPod, when: Return): void {
    if (when === 'no') return;
    if (when === 'afterBackoff' && this.#isPaused(queued)) this.#pause(queued);
    else this.#activate(queued);
  }

  #isPaused(queued: QueuedPod): boolean {
    const { backoff, clock } = this.#options;
    return backoffMs(queued, backoff) > 0 && windowEndMs(backoffEndsMs(queued, backoff)) > clock.now();
  }

  #activate(queued: QueuedPod): void {
    this.#take(queued);
    if (this.#isGated(queued)) return this.#park(queued);
    this.#pods.set(queued.info.key, queued);
    this.#active.push(queued, rankOf(queued));
    this.#options.onReady();
  }

  #pause(queued: QueuedPod): void {
    this.#take(queued);
    if (this.#isGated(queued)) return this.#park(queued);
    this.#pods.set(queued.info.key, queued);
    const rank = { ...rankOf(queued), endsMs: backoffEndsMs(queued, this.#options.backoff) };
    (queued.errors > 0 ? this.#errorBackoff : this.#backoff).push(queued, rank);
    this.#armBackoffTimer();
    if (this.ready) this.#options.onReady();
  }

  #park(queued: QueuedPod): void {
    queued.place = 'unschedulable';
    this.#pods.set(queued.info.key, queued);
    this.#unschedulable.set(queued.info.key, queued);
    if (queued.gatedBy === undefined) this.#armFlushTimer();
  }

  #isGated(queued: QueuedPod): boolean {
    const { pod } = queued.info;
    queued.gatedBy = this.#options.rulesFor(pod).gate(pod, queued.gatedBy);
    if (queued.gatedBy !== undefined) queued.unschedulablePlugins.add(queued.gatedBy);
    return queued.gatedBy !== undefined;
  }

  #take(queued: QueuedPod): void {
    const { key } = queued.info;
    this.#pods.delete(key);
    this.#active.delete(queued);
    this.#backoff.delete(queued);
    this.#errorBackoff.delete(queued);
    this.#unschedulable.delete(key);
    queued.place = 'inHand';
  }

  #armBackoffTimer(): void {
    this.#cancelBackoffTimer?.();
    this.#cancelBackoffTimer = undefined;
    const { clock } = this.#options;
    const ends = [this.#backoff.peek()?.endsMs, this.#errorBackoff.peek()?.endsMs].filter((ms) => ms !== undefined);
    if (ends.length === 0 || this.#closed) return;
    this.#cancelBackoffTimer = clock.after(windowEndMs(Math.min(...ends)) - clock.now(), () => {
      this.#endBackoffs();
      this.#armBackoffTimer();
    });
  }

  #endBackoffs(): void {
    const nowMs = this.#options.clock.now();
    for (const heap of [this.#errorBackoff, this.#backoff]) {
      for (let first = heap.peek(); first && first.endsMs <= nowMs; first = heap.peek()) this.#activate(heap.pop()!);
    }
  }

  /** Gated pods are not waited for: they come back with what their plugin waits for. */
  #armFlushTimer(): void {
    if (this.#cancelFlushTimer || this.#closed) return;
    let sinceMs = Infinity;
    for (const queued of this.#unschedulable.values()) if (queued.gatedBy === undefined) sinceMs = Math.min(sinceMs, queued.sinceMs);
    if (sinceMs === Infinity) return;
    const { clock } = this.#options;
    this.#cancelFlushTimer = clock.after(sinceMs + longestUnschedulableMs - clock.now(), () => {
      this.#cancelFlushTimer = undefined;
      this.#flush();
      this.#armFlushTimer();
    });
  }

  #flush(): void {
    const dueMs = this.#options.clock.now() - longestUnschedulableMs;
    const due = Array.from(this.#unschedulable.values()).filter(({ gatedBy, sinceMs }) => gatedBy === undefined && sinceMs <= dueMs);
    for (const queued of due) this.#comeBack(queued, 'afterBackoff');
  }
}

const everyPod = (): boolean => true;

const rankOf = ({ info, order }: QueuedPod): ActiveRank => ({ priority: priorityOf(info.pod), order });

function byPriority(a: ActiveRank, b: ActiveRank): boolean {
  return a.priority !== b.priority ? a.priority > b.priority : a.order < b.order;
}

function byWindow(a: BackoffRank, b: BackoffRank): boolean {
  const [windowA, windowB] = [windowEndMs(a.endsMs), windowEndMs(b.endsMs)];
  return windowA !== windowB ? windowA < windowB : byPriority(a, b);
}

/** A pause lasts until its window is over. */
const windowEndMs = (ms: number): number => (Math.floor(ms / backoffWindowMs) + 1) * backoffWindowMs;
