import type {
  PersistentVolumeClaim as ClaimType,
  PersistentVolume as VolumeType,
  Pod as PodType,
} from '../../../../src/api/generated/core/v1.ts';
import { PersistentVolume } from '../../../../src/api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../../src/api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import type { Invariant } from '../invariant.ts';
import { isKind, nameOf, type Change, type ClusterModel } from '../model.ts';

/** A claim keeps the volume it was bound to, and a volume its claim: that is where the data is. */
export class VolumesStayBound implements Invariant {
  readonly name = 'claims and volumes are bound one to one, and for good';
  looked = 0;

  see({ before, after }: Change, cluster: ClusterModel): string | undefined {
    if (isKind(PersistentVolumeClaim, after) && isKind(PersistentVolumeClaim, before) && before.spec.volumeName) {
      this.looked++;
      if (before.spec.volumeName !== after.spec.volumeName)
        return `${nameOf(after)} went from ${before.spec.volumeName} to ${after.spec.volumeName ?? 'none'}`;
    }
    if (!isKind(PersistentVolume, after) || !after.spec.claimRef?.uid || after.status?.phase !== 'Bound') return undefined;
    this.looked++;
    const other = cluster
      .all(PersistentVolume)
      .find((one) => one !== after && one.status?.phase === 'Bound' && claimOf(one) === claimOf(after));
    return other && `${nameOf(after)} and ${nameOf(other)} are bound to one claim`;
  }

  atEnd(cluster: ClusterModel): readonly string[] {
    const claims = cluster.all(PersistentVolumeClaim);
    const volumes = cluster.all(PersistentVolume);
    this.looked += claims.length + volumes.length;
    const isBound = ({ metadata, spec }: ClaimType) =>
      volumes.some((one) => claimOf(one) === metadata.uid && one.metadata.name === spec.volumeName);
    // One that no pod uses may wait for its first for ever.
    const lone = claims.filter((claim) => !isBound(claim) && cluster.all(Pod).some((pod) => uses(pod, claim)));
    const left = volumes.filter((one) => !claims.some(({ metadata }) => metadata.uid === claimOf(one)));
    return [
      ...lone.map((one) => `claim ${nameOf(one)} has no volume of its own`),
      ...left.map((one) => `volume ${nameOf(one)} has no claim`),
    ];
  }
}

const uses = ({ metadata, spec }: PodType, claim: ClaimType): boolean =>
  metadata.namespace === claim.metadata.namespace &&
  (spec.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name);

const claimOf = ({ spec }: VolumeType): string | undefined => spec.claimRef?.uid;
