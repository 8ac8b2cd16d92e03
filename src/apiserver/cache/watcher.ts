import type { Subscription, WatchFrame, WatchSink } from '../../api/call.ts';
import type { ApiError } from '../../api/errors.ts';
import { expired, internal } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import type { CacheEvent } from './cache-event.ts';
import { Frame } from './cache-event.ts';
import type { EventRing } from './event-ring.ts';
import { selects, type Selection } from './selection.ts';
import type { StoredObject } from './stored-object.ts';

export interface WatcherOptions {
  readonly kind: Kind;
  readonly selection: Selection;
  readonly bookmarks: boolean;
  readonly sink: WatchSink;
  /** Objects to report as ADDED before anything else. */
  readonly initial: readonly StoredObject[];
  /** Comes after them: the bookmark that ends the initial events. */
  readonly afterInitial?: WatchFrame;
  /** The first event that may be news to this watcher. */
  readonly nextSequence: number;
  /** Events up to this revision are not: it may lie in the future. */
  readonly afterRevision: number;
  readonly ring: EventRing;
  readonly onEnd: (watcher: Watcher) => void;
}

/**
 * One subscription: a cursor over the ring. While the sink takes frames they are pushed to it as
 * they happen; a sink that is full pauses the cursor, and `resume` reads on from the ring. A cursor
 * that the ring has left behind ends with 410.
 */
export class Watcher implements Subscription {
  readonly kind: Kind;
  readonly selection: Selection;
  readonly bookmarks: boolean;
  readonly #sink: WatchSink;
  readonly #ring: EventRing;
  readonly #onEnd: (watcher: Watcher) => void;
  #initial: readonly StoredObject[];
  #initialIndex = 0;
  #afterInitial: WatchFrame | undefined;
  #nextSequence: number;
  readonly #afterRevision: number;
  #paused = true;
  #draining = false;
  #over = false;

  constructor(options: WatcherOptions) {
    this.kind = options.kind;
    this.selection = options.selection;
    this.bookmarks = options.bookmarks;
    this.#sink = options.sink;
    this.#ring = options.ring;
    this.#onEnd = options.onEnd;
    this.#initial = options.initial;
    this.#afterInitial = options.afterInitial;
    this.#nextSequence = options.nextSequence;
    this.#afterRevision = options.afterRevision;
  }

  /** Hands over what is due until the sink is full; also the start. */
  resume(): void {
    if (this.#over || this.#draining) {
      this.#paused = false;
      return;
    }
    this.#draining = true;
    this.#paused = false;
    try {
      this.#drainInitial();
      while (!this.#paused && !this.#over) if (!this.#drainRing()) break;
    } finally {
      this.#draining = false;
    }
  }

  /** Takes an event that has just happened; the caller has found that it may concern this watcher. */
  push(event: CacheEvent): void {
    if (this.#paused || this.#draining || this.#over || event.sequence < this.#nextSequence) return;
    this.#nextSequence = event.sequence + 1;
    this.#deliver(event);
  }

  /** Tells how far the watch has come; skipped while the sink is full. */
  bookmark(frame: WatchFrame): void {
    if (!this.#paused && !this.#over && !this.#draining) this.#send(frame);
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#initial = [];
    this.#onEnd(this);
  }

  /** Ends the watch and tells the sink. */
  end(error?: ApiError): void {
    if (this.#over) return;
    this.cancel();
    this.#sink.end(error);
  }

  #drainInitial(): void {
    while (!this.#paused && !this.#over && this.#initialIndex < this.#initial.length)
      this.#send(new Frame('ADDED', this.#initial[this.#initialIndex++]!.as(this.kind)));
    if (this.#paused || this.#over) return;
    this.#initial = [];
    this.#initialIndex = 0;
    const last = this.#afterInitial;
    this.#afterInitial = undefined;
    if (last) this.#send(last);
  }

  /** One event from the ring; false when there is none left. */
  #drainRing(): boolean {
    if (this.#nextSequence < this.#ring.firstSequence && this.#ring.size > 0) {
      this.end(expired(`too old resource version: ${this.#ring.droppedRevision} (${this.#ring.droppedRevision})`));
      return false;
    }
    const event = this.#ring.at(this.#nextSequence);
    if (!event) return false;
    this.#nextSequence++;
    this.#deliver(event);
    return true;
  }

  #deliver(event: CacheEvent): void {
    const { current, previous } = event;
    if (event.revision <= this.#afterRevision) return;
    const now = current !== undefined && selects(this.selection, current, this.kind);
    const before = previous !== undefined && selects(this.selection, previous, this.kind);
    if (now) this.#send(event.frame(before ? 'MODIFIED' : 'ADDED', this.kind));
    else if (before) this.#send(event.frame('DELETED', this.kind));
  }

  #send(frame: WatchFrame): void {
    try {
      if (this.#sink.frame(frame) === false) this.#paused = true;
    } catch (error) {
      // One sink's failure is its own: the cache and the other watchers go on.
      this.end(internal(error));
    }
  }
}
