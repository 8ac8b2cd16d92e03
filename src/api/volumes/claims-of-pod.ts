import type { Pod, Volume } from '../generated/core/v1.ts';

/** The claim that an ephemeral volume of a pod gets. */
export const ephemeralClaimName = (pod: Pod, volume: Volume): string => `${pod.metadata.name ?? ''}-${volume.name}`;

/** The names of all claims that a pod mounts, those of its ephemeral volumes too. */
export function claimsOf(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    if (volume.persistentVolumeClaim) return [volume.persistentVolumeClaim.claimName];
    return volume.ephemeral ? [ephemeralClaimName(pod, volume)] : [];
  });
}
