import type { KeyRange, StoreEvent, WatchSink } from '../store.ts';

/** What the hub knows of one watch. */
export class Watcher {
  readonly range: KeyRange;
  /** The first revision that was asked for. */
  readonly from: number;
  readonly sink: WatchSink;
  readonly #prevKv: boolean;
  state: 'live' | 'behind' | 'paused' | 'over' = 'live';
  /** The first revision it has not been told about. While it is live, it has been told all that is published, whatever this says. */
  next: number;
  toldSinceTick = false;
  cancelTick: () => void = () => {};

  constructor(range: KeyRange, from: number, prevKv: boolean, sink: WatchSink) {
    this.range = range;
    this.from = from;
    this.next = from;
    this.sink = sink;
    this.#prevKv = prevKv;
  }

  /** The event as this watch is to see it. */
  told(event: StoreEvent): StoreEvent {
    return this.#prevKv || !event.previous ? event : { type: event.type, entry: event.entry };
  }
}
