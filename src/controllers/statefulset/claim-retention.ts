import type { StatefulSet as StatefulSetObject } from '../../api/generated/apps/v1.ts';
import type { PersistentVolumeClaim, Pod as PodObject } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { apiVersionOf, type KubeObject, type OwnerReference } from '../../api/meta.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { controllerReference } from '../../workloads/owner.ts';
import { isWanted, ordinalOf } from './ordinals.ts';

/**
 * Whose end the claim is to share, by `spec.persistentVolumeClaimRetentionPolicy`: the set's, that of a pod
 * that is scaled away, or nobody's. The garbage collector does the rest.
 */
export function retentionOwner(set: StatefulSetObject, pod: PodObject): 'set' | 'pod' | undefined {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const isScaledAway = !isWanted(ordinalOf(pod, set)!, set);
  if (isScaledAway && whenScaled === 'Delete') return 'pod';
  return whenDeleted === 'Delete' && !(isScaledAway && whenScaled === 'Delete') ? 'set' : undefined;
}

/** The claim's owners as the policy wants them; undefined when they are so. Others' references stay. */
export function retainedBy(claim: PersistentVolumeClaim, set: StatefulSetObject, pod: PodObject): OwnerReference[] | undefined {
  const now = claim.metadata.ownerReferences ?? [];
  const others = now.filter((reference) => !isOneOf(reference, set, StatefulSet) && !isOneOf(reference, pod, Pod));
  const owner = hasOtherController(claim, set, pod) ? undefined : retentionOwner(set, pod);
  const ours = owner === 'set' ? [controllerReference(set, StatefulSet)] : owner === 'pod' ? [controllerReference(pod, Pod)] : [];
  const wanted = [...others, ...ours];
  return sameOwners(now, wanted) ? undefined : wanted;
}

/** Somebody else controls the claim: then its end is not the set's business. */
export const hasOtherController = ({ metadata }: PersistentVolumeClaim, set: StatefulSetObject, pod: PodObject): boolean =>
  (metadata.ownerReferences ?? []).some(
    (reference) => reference.controller && !isOneOf(reference, set, StatefulSet) && !isOneOf(reference, pod, Pod),
  );

/** The claim belongs to an earlier pod of this name, and will go with it. */
export const isStale = ({ metadata }: PersistentVolumeClaim, podName: string, podUid: string | undefined): boolean =>
  (metadata.ownerReferences ?? []).some(({ kind, name, uid }) => kind === 'Pod' && name === podName && uid !== podUid);

/** By name, whatever its uid: an earlier one's reference is to be replaced. */
const isOneOf = ({ kind, name, apiVersion }: OwnerReference, { metadata }: KubeObject, of: Kind): boolean =>
  kind === of.kind && apiVersion === apiVersionOf(of) && name === metadata.name;

const sameOwners = (one: readonly OwnerReference[], other: readonly OwnerReference[]): boolean =>
  one.length === other.length && one.every((reference) => other.some((wanted) => semanticallyEqual(reference, wanted)));
