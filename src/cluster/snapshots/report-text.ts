import { bytesText, table } from './tables.ts';
import type { SnapshotReport } from './report.ts';

/** The report for a person. */
export function reportLines(report: SnapshotReport, detail: { readonly namespaces: boolean }): string[] {
  const { etcd, database, keys, leases, auth, members } = report;
  const freePages = database.pages - 2 - database.pagesInUse;
  return [
    ...report.warnings.map((warning) => `Warning: ${warning}`),
    ...facts([
      ['File', `${report.file}, ${bytesText(report.sizeBytes)}`],
      ['Checksum', report.checksum === 'verified' ? 'SHA-256 is right' : report.checksum],
      ['Written by', versions(report)],
      ['Revision', `${etcd.revision}${etcd.compactRevision > 0 ? `, compacted at ${etcd.compactRevision}` : ', never compacted'}`],
      ['Status', `hash ${etcd.hash}, ${etcd.totalKeys} total keys (as etcdctl snapshot status shows them)`],
      ['Pages', `${database.pages} of ${database.pageSize} bytes, ${freePages} of them free (${bytesText(freePages * database.pageSize)})`],
      ['Live', `${keys.live} keys, ${bytesText(keys.liveBytes)}`],
      ['History', `${keys.history} older puts and deletions, ${bytesText(keys.historyBytes)}`],
      ['Encodings', counted(report.encodings)],
      ['Leases', `${leases.count}, of ${leases.keys} keys`],
      ['Alarms', report.alarms.map(({ member, alarm }) => `${alarm} of member ${member}`).join(', ') || 'none'],
      ['Auth', auth.users.length + auth.roles.length === 0 && !auth.enabled ? 'off' : authText(report)],
      ['Members', members.map(({ id, name, peerURLs }) => `${name || id} (${peerURLs.join(', ')})`).join(', ') || 'none'],
    ]),
    '',
    ...table([
      ['RESOURCE', 'KIND', 'APIVERSION', 'OBJECTS', 'BYTES', 'NAMESPACES', 'ENCODING'],
      ...report.resources.map((one) => [
        one.resource,
        one.kind || '-',
        one.apiVersion || '-',
        String(one.objects),
        bytesText(one.bytes),
        namespacesText(one.namespaces),
        Object.keys(one.encodings).join(','),
      ]),
    ]),
    ...(report.otherKeys > 0 ? [`and ${report.otherKeys} keys that are no objects`] : []),
    ...(detail.namespaces ? namespaceLines(report) : []),
    '',
    ...table([['LARGEST', 'BYTES'], ...report.largest.map(({ key, bytes }) => [key, bytesText(bytes)])]),
  ];
}

const versions = ({ etcd }: SnapshotReport): string =>
  etcd.storageVersion
    ? `etcd with storage version ${etcd.storageVersion}`
    : `etcd before 3.6${etcd.clusterVersion ? `, cluster version ${etcd.clusterVersion}` : ''}`;

const facts = (rows: readonly (readonly [string, string])[]): string[] => rows.map(([name, value]) => `${`${name}:`.padEnd(12)}${value}`);

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none';

const authText = ({ auth }: SnapshotReport): string =>
  `${auth.enabled ? 'on' : 'off'}; users ${auth.users.map(({ name }) => name).join(', ') || 'none'}; roles ${auth.roles.map(({ name }) => name).join(', ') || 'none'}`;

/** The fullest ones, and how many more. */
function namespacesText(namespaces: Readonly<Record<string, number>>): string {
  const own = Object.entries(namespaces)
    .filter(([name]) => name !== '')
    .toSorted(([, a], [, b]) => b - a);
  const shown = own.slice(0, 3).map(([name, count]) => `${name} ${count}`);
  return own.length === 0 ? '-' : [...shown, ...(own.length > 3 ? [`${own.length - 3} more`] : [])].join(', ');
}

function namespaceLines({ namespaces, resources }: SnapshotReport): string[] {
  return [
    '',
    ...table([
      ['NAMESPACE', 'OBJECTS', 'BYTES', 'OF'],
      ...namespaces.map(({ namespace, objects, bytes }) => [
        namespace,
        String(objects),
        bytesText(bytes),
        resources.flatMap((one) => (one.namespaces[namespace] ? [`${one.resource} ${one.namespaces[namespace]}`] : [])).join(', '),
      ]),
    ]),
  ];
}
