import type { PersistentVolumeClaim, Pod, Volume } from '../generated/core/v1.ts';

/** The claim that an ephemeral volume of a pod gets. */
export const ephemeralClaimName = (pod: Pod, volume: Volume): string => `${pod.metadata.name ?? ''}-${volume.name}`;

/** The names of all claims that a pod mounts, those of its ephemeral volumes too. */
export function claimsOf(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral ? [ephemeralClaimName(pod, volume)] : [];
  });
}

/** Was the claim made for this pod's ephemeral volume, rather than before it, by somebody else? */
export const isClaimOfPod = ({ metadata }: PersistentVolumeClaim, pod: Pod): boolean =>
  metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === pod.metadata.uid) ?? false;
