import { Heap } from '../../base/heap.ts';
import type { Place, QueuedPod } from './queued-pod.ts';

interface Entry<R> {
  readonly pod: QueuedPod;
  readonly rank: R;
}

/**
 * Pods of one place in order. One that has left the place by another way, or was pushed again with
 * another rank, is passed over when its turn comes.
 */
export class PodHeap<R> {
  readonly #place: Place;
  readonly #heap: Heap<Entry<R>>;
  readonly #current = new Map<QueuedPod, R>();

  constructor(place: Place, before: (a: R, b: R) => boolean) {
    this.#place = place;
    this.#heap = new Heap((a, b) => before(a.rank, b.rank));
  }

  get size(): number {
    return this.#current.size;
  }

  /** The rank of the first. */
  peek(): R | undefined {
    this.#skipLeft();
    return this.#heap.peek()?.rank;
  }

  push(pod: QueuedPod, rank: R): void {
    pod.place = this.#place;
    this.#current.set(pod, rank);
    this.#heap.push({ pod, rank });
  }

  pop(): QueuedPod | undefined {
    this.#skipLeft();
    const first = this.#heap.pop();
    if (first) this.#current.delete(first.pod);
    return first?.pod;
  }

  delete(pod: QueuedPod): void {
    this.#current.delete(pod);
  }

  #skipLeft(): void {
    for (let first = this.#heap.peek(); first && this.#current.get(first.pod) !== first.rank; first = this.#heap.peek()) this.#heap.pop();
  }
}
