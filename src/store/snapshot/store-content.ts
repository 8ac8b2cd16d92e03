import {
  CompactedError,
  prefixRange,
  type Entry,
  type LeaseInfo,
  LeaseNotFoundError,
  type Store,
  type StoreError,
  type StoreEvent,
} from '../store.ts';
import type { KeyRecord } from './key-record.ts';

/** Everything of a store that a snapshot file carries, as of one revision. Values are the store's own bytes. */
export interface StoreContent {
  readonly revision: number;
  /** 0 where nothing was ever compacted. */
  readonly compactRevision: number;
  /** In the order of revisions, and within one in that of its operations. */
  readonly records: readonly KeyRecord[];
  readonly leases: readonly LeaseInfo[];
}

const everything = prefixRange('');

/**
 * `history`: all that the store still has of it; else only what is there now, and the store that is
 * made of the file has been compacted at this very revision.
 */
export async function storeContent(store: Store, { history }: { readonly history: boolean }): Promise<StoreContent> {
  for (;;) {
    try {
      const content = history ? await withHistory(store) : await liveOnly(store);
      return { ...content, leases: await leasesOf(store) };
    } catch (error) {
      // The store goes on meanwhile, and may forget what was just about to be read.
      if (!(error instanceof CompactedError)) throw error;
    }
  }
}

type Content = Omit<StoreContent, 'leases'>;

async function withHistory(store: Store): Promise<Content> {
  const { compactRevision, revision } = store;
  const events = await eventsBetween(store, Math.max(compactRevision, 1), revision);
  const before = compactRevision === 0 ? [] : (await store.list(everything, { at: compactRevision })).entries;
  const base = before.filter((entry) => entry.modRevision < compactRevision).map(recordOfEntry);
  return { revision, compactRevision, records: inOrder([...base, ...events.map(recordOfEvent)]) };
}

/** The newest revision has to be there, if only as a deletion: from it etcd's tools tell where the file ends. */
async function liveOnly(store: Store): Promise<Content> {
  const { revision } = store;
  const { entries } = await store.list(everything, { at: revision });
  const records = entries.map(recordOfEntry);
  if (revision > 1 && !entries.some((entry) => entry.modRevision === revision))
    records.push(...(await eventsBetween(store, revision, revision)).map(recordOfEvent));
  return { revision, compactRevision: revision > 1 ? revision : 0, records: inOrder(records) };
}

const recordOfEntry = (entry: Entry): Unnumbered => ({ ...entry, main: entry.modRevision, tombstone: false });
const recordOfEvent = ({ type, entry }: StoreEvent): Unnumbered => ({ ...entry, main: entry.modRevision, tombstone: type === 'delete' });

type Unnumbered = Omit<KeyRecord, 'sub'>;

/** Sorting is stable: what happened within one revision stays in its order. */
function inOrder(records: readonly Unnumbered[]): KeyRecord[] {
  let before = 0;
  let sub = 0;
  return records
    .toSorted((a, b) => a.main - b.main)
    .map(({ key, value, main, createRevision, version, lease, tombstone }) => {
      sub = main === before ? sub + 1 : 0;
      before = main;
      return { key, value, main, sub, createRevision, version, lease, tombstone };
    });
}

/** All changes from one revision up to and including another, which is not in the future. */
function eventsBetween(store: Store, from: number, to: number): Promise<StoreEvent[]> {
  const { promise, resolve, reject } = Promise.withResolvers<StoreEvent[]>();
  const found: StoreEvent[] = [];
  const watch = store.watch(
    everything,
    { from },
    {
      events(events, revision) {
        for (const event of events) if (event.entry.modRevision <= to) found.push(event);
        if (revision >= to) resolve(found);
      },
      progress(revision) {
        if (revision >= to) resolve(found);
      },
      end: (reason: StoreError) => reject(reason),
    },
  );
  watch.requestProgress();
  return promise.finally(() => watch.cancel());
}

/** One that ends meanwhile is left out: its keys are then attached to a lease that is not there, as etcd's would be for a moment. */
async function leasesOf(store: Store): Promise<LeaseInfo[]> {
  const leases: LeaseInfo[] = [];
  for (const id of (await store.leases()).toSorted((a, b) => (a < b ? -1 : 1)))
    try {
      leases.push(await store.leaseTimeToLive(id));
    } catch (error) {
      if (!(error instanceof LeaseNotFoundError)) throw error;
    }
  return leases;
}
