import type { CacheEvent } from './cache-event.ts';

export interface RingLimits {
  /** So many events are always kept. */
  readonly minEvents: number;
  readonly maxEvents: number;
  /** Of the objects' bytes. */
  readonly maxBytes: number;
  /** Beyond the minimum, events are kept for so long. */
  readonly keepMs: number;
}

/** Upstream's bounds (100 to 102,400 events, 75 s), and one in bytes. */
export const defaultRingLimits: RingLimits = { minEvents: 100, maxEvents: 102_400, maxBytes: 64 * 1024 * 1024, keepMs: 75_000 };

/** The latest events of a resource, in order, for watches that begin in the past or fell behind. */
export class EventRing {
  readonly #limits: RingLimits;
  #events: CacheEvent[] = [];
  /** Events before it in `#events` are dropped; the array is cut now and then. */
  #head = 0;
  #bytes = 0;
  #droppedRevision: number;

  /** `startRevision`: everything up to it lies before the ring. */
  constructor(startRevision: number, limits: RingLimits) {
    this.#droppedRevision = startRevision;
    this.#limits = limits;
  }

  /** Nothing at or before this revision is held; a watch may begin after it. */
  get droppedRevision(): number {
    return this.#droppedRevision;
  }

  get size(): number {
    return this.#events.length - this.#head;
  }

  get firstSequence(): number {
    return this.#events[this.#head]?.sequence ?? Infinity;
  }

  push(event: CacheEvent, nowMs: number): void {
    this.#events.push(event);
    this.#bytes += event.bytes;
    while (this.size > this.#limits.minEvents && this.#overfull(nowMs)) this.#drop();
    if (this.#head > 1024 && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
  }

  /** The event with this sequence number; `undefined` if it is not there (yet, or any more). */
  at(sequence: number): CacheEvent | undefined {
    const first = this.#events[this.#head];
    return first && sequence >= first.sequence ? this.#events[this.#head + sequence - first.sequence] : undefined;
  }

  /** The sequence number of the first event after `revision`; `next` when there is none. */
  sequenceAfter(revision: number, next: number): number {
    let low = this.#head;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#events[low]?.sequence ?? next;
  }

  #overfull(nowMs: number): boolean {
    if (this.size > this.#limits.maxEvents || this.#bytes > this.#limits.maxBytes) return true;
    return this.#events[this.#head]!.atMs < nowMs - this.#limits.keepMs;
  }

  #drop(): void {
    const event = this.#events[this.#head]!;
    this.#droppedRevision = event.revision;
    this.#bytes -= event.bytes;
    this.#head++;
  }
}
