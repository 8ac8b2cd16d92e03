/** The claims behind a pod's volumes, as the volume plugins look them up. */
import type { PersistentVolumeClaim as ClaimType, Pod, Volume } from '../../api/generated/core/v1.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { claimsOf, ephemeralClaimName } from '../../api/volumes/claims-of-pod.ts';
import { unresolvable, type EventInterest, type Rejection } from '../framework.ts';
import { interest } from './interest.ts';

/** Is the claim one that the pod mounts? */
export const isClaimOf = (pod: Pod, claim: ClaimType | undefined): boolean =>
  claim !== undefined && claim.metadata.namespace === pod.metadata.namespace && claimsOf(pod).includes(claim.metadata.name ?? '');

/** A claim of the pod's comes to be; `orChanges`: or changes. */
export const ownClaimAppears = ({ orChanges }: { readonly orChanges: boolean }): EventInterest =>
  interest(PersistentVolumeClaim, (pod, { old, now }) => (orChanges || !old) && isClaimOf(pod, now));

export const claimNotFound = (name: string): Rejection => unresolvable(`persistentvolumeclaim ${JSON.stringify(name)} not found`);

export const claimKey = ({ metadata }: Pod | ClaimType, name: string): string => `${metadata.namespace ?? ''}/${name}`;

/** The name of the volume's claim; undefined for a volume without. */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral && ephemeralClaimName(pod, volume);
}

/** A claim for an ephemeral volume must not be a namesake that somebody else made; what is wrong, else undefined. */
export function strangeClaim(pod: Pod, { metadata }: ClaimType): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner?.uid === pod.metadata.uid) return undefined;
  return `PVC ${metadata.namespace}/${metadata.name} was not created for pod ${pod.metadata.namespace}/${pod.metadata.name} (pod is not owner)`;
}
