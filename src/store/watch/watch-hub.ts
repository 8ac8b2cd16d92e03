import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Change, History } from '../index/history.ts';
import { rangeContains } from '../key-range.ts';
import {
  CompactedError,
  type KeyRange,
  type StoreError,
  type StoreEvent,
  type Watch,
  type WatchOptions,
  type WatchSink,
} from '../store.ts';
import { RangeIndex } from './range-index.ts';
import { Watcher } from './watcher.ts';

/**
 * One feed for all watches. A watch that keeps up is live: it stands in the index and is handed each
 * durable change as it comes. One that is paused, or began at an old revision, is a revision to go on
 * from: the history holds its events for it, until they are compacted away.
 */
export class WatchHub {
  readonly #history: History;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #live = new RangeIndex<Watcher>();
  /** Every watch that is not over. */
  readonly #watchers = new Set<Watcher>();
  readonly #behind = new Set<Watcher>();
  readonly #askedForProgress = new Set<Watcher>();
  #published: number;
  /** Some of the live watches are still to be told what is published. */
  #delivering = false;
  #compacted = 0;

  constructor(history: History, published: number, clock: Clock, log: Log) {
    this.#history = history;
    this.#published = published;
    this.#clock = clock;
    this.#log = log;
  }

  open(range: KeyRange, options: WatchOptions, sink: WatchSink): Watch {
    const from = options.from && options.from > 0 ? options.from : this.#published + 1;
    const watcher = new Watcher(range, from, options.prevKv ?? false, sink);
    this.#watchers.add(watcher);
    if (from > this.#published) this.#live.add(range, watcher);
    else this.#fallBehind(watcher);
    if (options.progressEveryMs) this.#tick(watcher, options.progressEveryMs);
    const seen = () => this.#seen(watcher);
    return {
      get seen() {
        return seen();
      },
      cancel: () => this.#drop(watcher),
      resume: () => {
        if (watcher.state === 'paused') this.#fallBehind(watcher);
      },
      requestProgress: () => {
        if (watcher.state === 'over') return;
        this.#askedForProgress.add(watcher);
        queueMicrotask(() => this.#answerProgress());
      },
    };
  }

  /** Hands over everything up to and including `revision`. */
  publish(revision: number): void {
    const buffers = new Map<Watcher, StoreEvent[]>();
    for (let next = this.#published + 1; next <= revision; next++) this.#collect(this.#history.at(next), buffers);
    this.#published = revision;
    this.#delivering = true;
    for (const [watcher, events] of buffers) if (watcher.state === 'live') this.#deliver(watcher, events, revision + 1);
    this.#delivering = false;
    for (const watcher of this.#behind) this.#catchUp(watcher);
    if (this.#askedForProgress.size > 0) this.#answerProgress();
  }

  /** History before `revision` is gone. */
  compacted(revision: number): void {
    this.#compacted = revision;
    for (const watcher of this.#watchers) {
      if (watcher.state !== 'live' && watcher.next < revision) this.#end(watcher, new CompactedError(revision));
    }
  }

  stop(reason: StoreError): void {
    for (const watcher of this.#watchers) this.#end(watcher, reason);
  }

  startAt(published: number, compacted: number): void {
    this.#published = published;
    this.#compacted = compacted;
  }

  #collect(change: Change | undefined, buffers: Map<Watcher, StoreEvent[]>): void {
    for (const event of change?.events ?? []) {
      this.#live.forEachHolding(event.entry.key, (watcher) => {
        if (change!.revision < watcher.next) return;
        const events = buffers.get(watcher);
        if (events) events.push(watcher.told(event));
        else buffers.set(watcher, [watcher.told(event)]);
      });
    }
  }

  /** `next`: the first revision the watch has not been told about after this. */
  #deliver(watcher: Watcher, events: readonly StoreEvent[], next: number): void {
    watcher.next = next;
    watcher.toldSinceTick = true;
    const goOn = this.#call(watcher, () => watcher.sink.events(events, events.at(-1)!.entry.modRevision));
    if (goOn !== false || watcher.state === 'over') return;
    this.#leave(watcher);
    watcher.state = 'paused';
  }

  #fallBehind(watcher: Watcher): void {
    this.#leave(watcher);
    watcher.state = 'behind';
    this.#behind.add(watcher);
    queueMicrotask(() => this.#catchUp(watcher));
  }

  /** Tells the watch what it has not seen, some events at a time, until it is live or paused. */
  #catchUp(watcher: Watcher): void {
    if (watcher.state === 'behind' && watcher.next < this.#compacted) this.#end(watcher, new CompactedError(this.#compacted));
    while (watcher.state === 'behind' && watcher.next <= this.#published) {
      const events: StoreEvent[] = [];
      let next = watcher.next;
      for (; next <= this.#published && events.length < eventsAtOnce; next++) {
        for (const event of this.#history.at(next)?.events ?? [])
          if (rangeContains(watcher.range, event.entry.key)) events.push(watcher.told(event));
      }
      if (events.length > 0) this.#deliver(watcher, events, next);
      else watcher.next = next;
    }
    if (watcher.state !== 'behind') return;
    this.#behind.delete(watcher);
    watcher.state = 'live';
    this.#live.add(watcher.range, watcher);
    if (this.#askedForProgress.has(watcher)) this.#answerProgress();
  }

  /** Progress never runs ahead of events, and never comes before the first revision that was asked for. */
  #canTellProgress(watcher: Watcher): boolean {
    return watcher.state === 'live' && watcher.from <= this.#published + 1;
  }

  #seen(watcher: Watcher): number {
    return !this.#delivering && this.#canTellProgress(watcher) ? this.#published : Math.min(watcher.next - 1, this.#published);
  }

  #answerProgress(): void {
    for (const watcher of this.#askedForProgress) {
      if (!this.#canTellProgress(watcher)) continue;
      this.#askedForProgress.delete(watcher);
      this.#call(watcher, () => watcher.sink.progress?.(this.#published));
    }
  }

  #tick(watcher: Watcher, everyMs: number): void {
    watcher.cancelTick = this.#clock.after(everyMs, () => {
      if (!watcher.toldSinceTick && this.#canTellProgress(watcher)) this.#call(watcher, () => watcher.sink.progress?.(this.#published));
      watcher.toldSinceTick = false;
      if (watcher.state !== 'over') this.#tick(watcher, everyMs);
    });
  }

  /** A sink that throws loses its watch; the store and the other watches go on. */
  #call<T>(watcher: Watcher, tell: () => T): T | undefined {
    try {
      return tell();
    } catch (error) {
      this.#log.error(error, 'a watch threw and was dropped', { start: watcher.range.start });
      this.#drop(watcher);
      return undefined;
    }
  }

  #end(watcher: Watcher, reason: StoreError): void {
    if (watcher.state === 'over') return;
    this.#drop(watcher);
    this.#call(watcher, () => watcher.sink.end(reason));
  }

  #drop(watcher: Watcher): void {
    this.#leave(watcher);
    watcher.state = 'over';
    watcher.cancelTick();
    this.#watchers.delete(watcher);
    this.#askedForProgress.delete(watcher);
  }

  #leave(watcher: Watcher): void {
    this.#behind.delete(watcher);
    if (watcher.state === 'live') this.#live.remove(watcher.range, watcher);
  }
}

/** A slow watch can pause at least this often. Whole revisions are never split. */
const eventsAtOnce = 1000;
