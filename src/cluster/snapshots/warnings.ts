import type { Scan } from '../../store/snapshot/scan-snapshot.ts';
import type { SnapshotFile } from '../../store/snapshot/snapshot-file.ts';

const defaultQuotaBytes = 2 * 1024 ** 3;

/** What somebody who is about to restore the file ought to know first. */
export function warningsOf(
  {
    trailer,
    sizeBytes,
    database,
  }: Pick<SnapshotFile, 'trailer' | 'sizeBytes'> & { readonly database: Pick<SnapshotFile['database'], 'warning'> },
  { server, bumpMarkers }: Pick<Scan, 'server' | 'bumpMarkers'>,
): string[] {
  const { alarms, auth, scheduledCompactRevision: scheduled, finishedCompactRevision: finished } = server;
  return [
    ...(trailer === 'absent'
      ? [
          'no checksum: a database file that was copied, not saved. Nothing vouches for its content, the last writes before the copy may be missing, and restore wants --skip-hash-check',
        ]
      : []),
    ...(trailer === 'unchecked' ? ['the checksum was not compared, as was asked: what follows may be wrong'] : []),
    ...(database.warning ? [`one of two meta pages is unusable (${database.warning}); the other one was taken`] : []),
    ...(server.consistentIndex === undefined ? ['no consistent index: etcd did not write this, or not to its end'] : []),
    ...alarms.map(({ alarm }) => `the alarm ${alarm} is set, and will be again after a restore until it is disarmed`),
    ...(auth.enabled ? ['authentication is on, and will be after a restore: have the credentials at hand'] : []),
    ...(scheduled > finished
      ? [`a compaction at revision ${scheduled} was begun and not finished; etcd goes on with it when it starts`]
      : []),
    ...(bumpMarkers > 0 ? [`its revision was bumped by a restore before (${bumpMarkers} markers)`] : []),
    ...(sizeBytes > defaultQuotaBytes ? ["larger than etcd's default quota of 2 GiB: start it with a larger --quota-backend-bytes"] : []),
  ];
}
