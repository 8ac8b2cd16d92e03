import type { Scan } from '../../store/snapshot/scan-snapshot.ts';
import { scanSnapshot } from '../../store/snapshot/scan-snapshot.ts';
import type { SnapshotFile, Trailer } from '../../store/snapshot/snapshot-file.ts';
import type { LiveKeys } from '../../store/snapshot/live-keys.ts';
import { keyOf, objectIndex, type IndexedObject, type ObjectAbout } from './object-index.ts';
import { warningsOf } from './warnings.ts';

/** Everything that `slipway snapshot inspect` says of a file. Sizes in bytes. */
export interface SnapshotReport {
  readonly file: string;
  readonly sizeBytes: number;
  readonly checksum: Trailer;
  readonly warnings: readonly string[];
  readonly etcd: {
    /** Of etcd's storage; '' where the file does not say, as before 3.6. */
    readonly storageVersion: string;
    readonly clusterVersion: string;
    readonly revision: number;
    /** 0 where nothing was compacted. */
    readonly compactRevision: number;
    readonly consistentIndex: string;
    readonly term: string;
    /** As `etcdctl snapshot status` prints them. */
    readonly hash: string;
    readonly totalKeys: number;
  };
  readonly database: { readonly pageSize: number; readonly pages: number; readonly pagesInUse: number };
  readonly keys: {
    readonly live: number;
    /** Of keys and values. */
    readonly liveBytes: number;
    /** Puts that were overwritten or deleted since, and deletions. */
    readonly history: number;
    readonly historyBytes: number;
    readonly bumpMarkers: number;
  };
  readonly resources: readonly ResourceReport[];
  readonly namespaces: readonly { readonly namespace: string; readonly objects: number; readonly bytes: number }[];
  /** Keys under which no object stands. */
  readonly otherKeys: number;
  readonly encodings: Readonly<Record<string, number>>;
  readonly largest: readonly { readonly key: string; readonly bytes: number }[];
  readonly leases: { readonly count: number; readonly keys: number };
  readonly alarms: readonly { readonly member: string; readonly alarm: string }[];
  readonly auth: {
    readonly enabled: boolean;
    readonly revision: string;
    readonly users: Scan['server']['auth']['users'];
    readonly roles: Scan['server']['auth']['roles'];
  };
  readonly members: Scan['server']['members'];
}

export interface ResourceReport {
  readonly resource: string;
  /** As the objects say themselves; '' where they are encrypted. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly objects: number;
  readonly bytes: number;
  readonly encodings: Readonly<Record<string, number>>;
  /** How many stand in each; under '' those in none. */
  readonly namespaces: Readonly<Record<string, number>>;
}

const largestShown = 10;

/** One pass over the file. Throws `CorruptError`. */
export async function reportOn(file: SnapshotFile): Promise<SnapshotReport> {
  const objects = objectIndex();
  let recordBytes = 0;
  const scan = await scanSnapshot(file, {
    hash: true,
    record(record, place) {
      recordBytes += record.key.length + record.value.length;
      objects.take(record, place);
    },
  });
  const { server } = scan;
  const { meta } = file.database;
  return {
    file: file.path,
    sizeBytes: file.sizeBytes,
    checksum: file.trailer,
    warnings: warningsOf(file, scan),
    etcd: {
      storageVersion: server.storageVersion ?? '',
      clusterVersion: server.clusterVersion ?? '',
      revision: scan.revision,
      compactRevision: scan.compactRevision,
      consistentIndex: String(server.consistentIndex ?? 0),
      term: String(server.term ?? 0),
      hash: (scan.hash ?? 0).toString(16),
      totalKeys: scan.pairs,
    },
    database: { pageSize: meta.pageSize, pages: meta.highWater, pagesInUse: scan.pagesInUse },
    ...contentOf(objects, scan, recordBytes),
    leases: { count: server.leases.length, keys: count(objects.values(), ({ about }) => about.leased) },
    alarms: server.alarms.map(({ memberId, alarm }) => ({ member: memberId.toString(16), alarm })),
    auth: { ...server.auth, revision: String(server.auth.revision) },
    members: server.members,
  };
}

function contentOf(objects: LiveKeys<ObjectAbout>, scan: Scan, recordBytes: number) {
  const all = objects.sorted();
  const liveBytes = all.reduce((sum, one) => sum + bytesOf(one), 0);
  const named = all.map((one) => ({ one, ...keyOf(one) }));
  const standing = named.filter(({ resource }) => resource !== '');
  return {
    keys: {
      live: all.length,
      liveBytes,
      history: scan.records - all.length,
      historyBytes: recordBytes - liveBytes,
      bumpMarkers: scan.bumpMarkers,
    },
    resources: resourcesOf(standing),
    namespaces: [...Map.groupBy(standing, ({ namespace }) => namespace)]
      .filter(([namespace]) => namespace !== '')
      .map(([namespace, own]) => ({ namespace, objects: own.length, bytes: own.reduce((sum, { one }) => sum + bytesOf(one), 0) }))
      .toSorted((a, b) => (a.namespace < b.namespace ? -1 : 1)),
    otherKeys: all.length - standing.length,
    encodings: tally(all, ({ about }) => about.encoding),
    largest: all
      .toSorted((a, b) => bytesOf(b) - bytesOf(a))
      .slice(0, largestShown)
      .map((one) => ({ key: one.key, bytes: bytesOf(one) })),
  };
}

type Named = { readonly one: IndexedObject; readonly resource: string; readonly namespace: string };

function resourcesOf(named: readonly Named[]): ResourceReport[] {
  const groups = Map.groupBy(named, ({ resource, one }) => `${resource} ${one.about.apiVersion} ${one.about.kind}`);
  return [...groups.values()]
    .map((own): ResourceReport => {
      const { resource, one } = own[0]!;
      return {
        resource,
        apiVersion: one.about.apiVersion,
        kind: one.about.kind,
        objects: own.length,
        bytes: own.reduce((sum, each) => sum + bytesOf(each.one), 0),
        encodings: tally(own, (each) => each.one.about.encoding),
        namespaces: tally(own, ({ namespace }) => namespace),
      };
    })
    .toSorted((a, b) => (`${a.resource} ${a.apiVersion}` < `${b.resource} ${b.apiVersion}` ? -1 : 1));
}

const bytesOf = ({ key, valueBytes }: IndexedObject): number => key.length + valueBytes;

function count<T>(items: Iterable<T>, holds: (item: T) => boolean): number {
  let found = 0;
  for (const item of items) if (holds(item)) found++;
  return found;
}

/** Sorted by name. */
function tally<T>(items: Iterable<T>, nameOf: (item: T) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
