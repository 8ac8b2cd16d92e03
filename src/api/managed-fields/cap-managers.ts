import { union } from './field-set.ts';
import { byText, managerId, secondsOf, withFields, type Manager, type ManagerId, type Managers } from './managers.ts';

/** As many entries of updates as an object keeps apart. */
export const maxUpdateManagers = 10;
const ancientChanges = 'ancient-changes';

/** Merges the oldest updates of each version into one entry until no more than the maximum are left. */
export function capped(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  if (updaters.length <= maxUpdateManagers) return managers;
  updaters.sort(([leftId, left], [rightId, right]) => secondsOf(left) - secondsOf(right) || byText(leftId, rightId));
  const kept = new Map(managers);
  const firstOfVersion = new Map<string, ManagerId>();
  let count = updaters.length;
  for (const [id, updater] of updaters) {
    if (count <= maxUpdateManagers) break;
    const first = firstOfVersion.get(updater.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(updater.apiVersion, id);
      continue;
    }
    mergeInto(kept, first, id, updater);
    count--;
  }
  return kept;
}

/** The bucket takes the place of the first manager merged into it, and the time of the latest. */
function mergeInto(managers: Map<ManagerId, Manager>, first: ManagerId, id: ManagerId, { apiVersion, fields, time }: Manager): void {
  const name = { name: ancientChanges, operation: 'Update', apiVersion, subresource: '' } as const;
  const bucketId = managerId(name);
  let bucket = managers.get(bucketId);
  if (!bucket) {
    bucket = managers.get(first)!;
    managers.delete(first);
  }
  managers.delete(id);
  const { fields: all } = withFields(bucket, union(bucket.fields, fields));
  managers.set(bucketId, { ...name, fields: all, ...(time !== undefined && { time }) });
}
