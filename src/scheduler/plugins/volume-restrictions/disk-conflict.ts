import type { Pod, Volume } from '../../../api/generated/core/v1.ts';

/** Disks of which no two pods on a node may have the same, unless all of them only read. */
export const isExclusiveDisk = ({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean =>
  (gcePersistentDisk ?? awsElasticBlockStore ?? rbd ?? iscsi) !== undefined;

export function disksConflict(pod: Pod, other: Pod): boolean {
  if (!pod.spec.volumes || !other.spec.volumes) return false;
  for (const one of pod.spec.volumes) {
    if (!isExclusiveDisk(one)) continue;
    for (const two of other.spec.volumes) if (isSameDisk(one, two) && !(readsOnly(one) && readsOnly(two))) return true;
  }
  return false;
}

function isSameDisk(one: Volume, two: Volume): boolean {
  if (one.gcePersistentDisk && two.gcePersistentDisk) return one.gcePersistentDisk.pdName === two.gcePersistentDisk.pdName;
  if (one.awsElasticBlockStore && two.awsElasticBlockStore) {
    return one.awsElasticBlockStore.volumeID === two.awsElasticBlockStore.volumeID;
  }
  if (one.iscsi && two.iscsi) return one.iscsi.iqn === two.iscsi.iqn;
  if (one.rbd && two.rbd) {
    const { monitors } = two.rbd;
    const sameImage = one.rbd.image === two.rbd.image && poolOf(one.rbd) === poolOf(two.rbd);
    return sameImage && one.rbd.monitors.some((monitor) => monitors.includes(monitor));
  }
  return false;
}

const poolOf = ({ pool = 'rbd' }: { readonly pool?: string }): string => pool;

/** An EBS volume is never shared. */
const readsOnly = ({ gcePersistentDisk, iscsi, rbd }: Volume): boolean => (gcePersistentDisk ?? iscsi ?? rbd)?.readOnly ?? false;
