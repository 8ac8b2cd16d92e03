import assert from 'node:assert/strict';
import { RecordedWatch } from '../../../src/store/contract/recorded-watch.ts';
import { rangeContains } from '../../../src/store/key-range.ts';
import { type Entry, type Key, type KeyRange, type LeaseId, type Store, type StoreEvent, prefixRange } from '../../../src/store/store.ts';

/** What one write is to do. Every transaction of the traffic puts `marker` among others, so that it can be told from all others. */
export interface Intent {
  readonly marker: string;
  readonly puts: ReadonlyMap<Key, { readonly value: string; readonly lease: LeaseId }>;
  readonly deletes: readonly KeyRange[];
  /** It is done only if this key was last changed at `modRevision`; 0 for a key that is not there. */
  readonly expects?: { readonly key: Key; readonly modRevision: number };
}

interface Revision {
  readonly events: readonly StoreEvent[];
}

/**
 * What a store must hold, from what it was asked and what it answered. Writes that were answered must
 * be there at the revision that was told; one that was under way when the power went may be there or
 * not, but never in part.
 */
export class Model {
  readonly #intents = new Map<string, Intent>();
  readonly #answered = new Map<string, number>();
  readonly #revisions = new Map<number, Revision>();
  readonly #live = new Map<Key, Entry>();
  #known = 1;
  /** The newest revision that anybody was shown: it must be there after any crash. */
  #shown = 1;
  #compacted = 0;
  #maybeCompacted = 0;
  readonly #granted = new Set<LeaseId>();
  readonly #maybeGranted = new Set<LeaseId>();
  readonly #maybeRevoked = new Set<LeaseId>();

  intend(intent: Intent): void {
    this.#intents.set(intent.marker, intent);
  }

  answered(marker: string, revision: number): void {
    this.#answered.set(marker, revision);
    this.show(revision);
  }

  /** Its compare did not hold: it must never turn up. */
  refused(marker: string): void {
    this.#intents.delete(marker);
  }

  show(revision: number): void {
    this.#shown = Math.max(this.#shown, revision);
  }

  compacting(revision: number): void {
    this.#maybeCompacted = Math.max(this.#maybeCompacted, revision);
  }

  compacted(revision: number): void {
    this.#compacted = Math.max(this.#compacted, revision);
  }

  granting(id: LeaseId): void {
    this.#maybeGranted.add(id);
  }

  granted(id: LeaseId): void {
    this.#granted.add(id);
  }

  /** From now on it may be gone, by a revocation or because its time is over. */
  revoking(id: LeaseId): void {
    this.#maybeRevoked.add(id);
  }

  revoked(id: LeaseId): void {
    this.#granted.delete(id);
    this.#maybeGranted.delete(id);
  }

  /** The newest revision whose events are known. */
  get known(): number {
    return this.#known;
  }

  get liveLeases(): LeaseId[] {
    return [...this.#granted].filter((id) => !this.#maybeRevoked.has(id));
  }

  /** Time is about to pass: any lease may be over. */
  revokingAll(): void {
    for (const id of this.#maybeGranted) this.#maybeRevoked.add(id);
  }

  /** Holds a store that was just opened, or is at rest, against all this, and learns what it may not have known. */
  async check(store: Store, settle: () => Promise<void>): Promise<void> {
    assert.ok(store.revision >= this.#shown, `the revision went back from ${this.#shown} to ${store.revision}`);
    assert.ok(store.compactRevision >= this.#compacted, 'a compaction was undone');
    await this.#checkHistory(store, settle);
    await this.#checkState(store);
    await this.#checkLeases(store);
    this.#shown = store.revision;
  }

  /** Holds what a watch was told against the history, up to what is known. */
  checkWatch(watch: RecordedWatch, { range, from, prevKv }: { range: KeyRange; from: number; prevKv: boolean }): void {
    let last = from - 1;
    for (const { events, revision } of watch.batches) {
      assert.ok(events.length > 0, 'a batch has events');
      assert.equal(events.at(-1)?.entry.modRevision, revision, 'a batch ends with its revision');
      const revisions = [...new Set(events.map(({ entry }) => entry.modRevision))];
      assert.ok(revisions[0]! > last, 'batches are in order and none comes twice');
      // Everything of the range from where the last batch ended to where this one does: nothing missing, nothing else.
      const expected = [];
      for (let at = last + 1; at <= revision; at++)
        for (const event of this.#revisions.get(at)?.events ?? []) if (rangeContains(range, event.entry.key)) expected.push(event);
      assert.deepEqual(events.map(named), expected.map(named));
      for (const [i, { previous }] of events.entries()) {
        const { entry, previous: before }: StoreEvent = expected[i]!;
        // What was there before the compacted revision is not told any more.
        if (!previous && entry.modRevision <= this.#maybeCompacted) continue;
        assert.equal(previous && named({ entry: previous }), prevKv && before ? named({ entry: before }) : undefined);
      }
      last = revision;
    }
    assert.ok(watch.batches.length === 0 || last <= this.#known, 'a watch was told of a revision that is gone');
    for (const revision of watch.progress) assert.ok(revision <= this.#known, 'progress beyond what is durable');
  }

  async #checkHistory(store: Store, settle: () => Promise<void>): Promise<void> {
    const from = Math.max(store.compactRevision, 2);
    const history = new RecordedWatch(store, { from, prevKv: true });
    await settle();
    history.watch.cancel();
    const byRevision = Map.groupBy(history.events, ({ entry }) => entry.modRevision);
    assert.deepEqual(
      [...byRevision.keys()],
      Array.from({ length: Math.max(0, store.revision - from + 1) }, (_, i) => from + i),
      'the history has every revision',
    );
    // What is new can be compacted already only if somebody knew it and asked for that.
    assert.ok(this.#known >= from - 1, 'history that nobody has seen was compacted');
    for (const [revision, events] of byRevision) {
      if (revision <= this.#known)
        assert.deepEqual(events.map(named), this.#revisions.get(revision)?.events.map(named), `revision ${revision} changed`);
      else this.#learn(revision, events);
    }
    for (const [marker, revision] of this.#answered) {
      const events = this.#revisions.get(revision)?.events ?? [];
      assert.ok(
        events.some(({ entry }) => text(entry) === marker),
        `the answered write ${marker} is not at revision ${revision}`,
      );
    }
    this.#answered.clear();
  }

  #learn(revision: number, events: readonly StoreEvent[]): void {
    const intent = events.map(({ entry }) => this.#intents.get(text(entry))).find((found) => found !== undefined);
    const doomed = intent
      ? [...this.#live.values()].filter(({ key }) => intent.deletes.some((range) => rangeContains(range, key)))
      : this.#attachedAsIn(events);
    const expected = new Map<Key, string>(doomed.map(({ key }) => [key, 'deleted']));
    for (const [key, { value, lease }] of intent?.puts ?? []) expected.set(key, `${value} lease ${lease}`);
    const actual = new Map(
      events.map(({ type, entry }) => [entry.key, type === 'delete' ? 'deleted' : `${text(entry)} lease ${entry.lease}`]),
    );
    assert.equal(actual.size, events.length, 'one event for each key');
    assert.deepEqual(Object.fromEntries(actual), Object.fromEntries(expected), `revision ${revision} is not one whole write`);
    if (intent?.expects)
      assert.equal(
        this.#live.get(intent.expects.key)?.modRevision ?? 0,
        intent.expects.modRevision,
        `the compare of ${intent.marker} did not hold`,
      );
    for (const event of events) this.#apply(event, revision);
    this.#revisions.set(revision, { events });
    this.#known = revision;
  }

  #apply({ type, entry, previous }: StoreEvent, revision: number): void {
    const before = this.#live.get(entry.key);
    assert.equal(previous && named({ entry: previous }), before && named({ entry: before }), 'prevKv is what was there');
    if (type === 'delete') {
      assert.ok(before, 'only what is there can be deleted');
      this.#live.delete(entry.key);
      return;
    }
    assert.equal(entry.version, (before?.version ?? 0) + 1);
    assert.equal(entry.createRevision, before?.createRevision ?? revision);
    this.#live.set(entry.key, entry);
  }

  /** A revision without a marker is the end of a lease: it deletes all keys of one, and nothing else. */
  #attachedAsIn(events: readonly StoreEvent[]): Entry[] {
    const lease = this.#live.get(events[0]!.entry.key)?.lease ?? 0n;
    assert.ok(this.#maybeRevoked.has(lease), `nobody asked for what happened at revision ${events[0]!.entry.modRevision}`);
    return [...this.#live.values()].filter((entry) => entry.lease === lease);
  }

  async #checkState(store: Store): Promise<void> {
    const { entries, count } = await store.list(prefixRange(''));
    assert.equal(count, this.#live.size);
    assert.deepEqual(
      entries.map((entry) => named({ entry })),
      [...this.#live.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map((entry) => named({ entry })),
    );
    assert.equal(store.status().keys, count);
  }

  async #checkLeases(store: Store): Promise<void> {
    const ids = await store.leases();
    for (const id of ids) {
      assert.ok(this.#maybeGranted.has(id), `lease ${id} was revoked or never asked for`);
      const attached = [...this.#live.values()].filter(({ lease }) => lease === id).map(({ key }) => key);
      assert.deepEqual((await store.leaseTimeToLive(id)).keys, attached.sort());
      this.#granted.add(id);
    }
    for (const { key, lease } of this.#live.values())
      assert.ok(lease === 0n || ids.includes(lease), `${key} is attached to lease ${lease}, which is gone`);
    for (const id of this.#granted) {
      if (ids.includes(id)) continue;
      assert.ok(this.#maybeRevoked.has(id), `lease ${id} is gone`);
      this.revoked(id);
    }
    // What was asked for before and did not happen will not happen any more.
    this.#maybeRevoked.clear();
  }
}

function text(entry: Entry): string {
  return new TextDecoder().decode(entry.value);
}

/** An event or entry in a line, for comparing and for messages. */
function named({ type, entry }: { type?: string; entry: Entry }): string {
  const { key, createRevision, modRevision, version, lease } = entry;
  return `${type ?? ''} ${key}=${text(entry)} create ${createRevision} mod ${modRevision} version ${version} lease ${lease}`;
}
