import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../../api/generated/core/v1.ts';
import { quantityFrom } from '../../../api/kinds/core/resource-quantities.ts';
import { compareQuantities } from '../../../api/quantity.ts';
import { annotations, isBoundToClaim } from '../../../api/volumes/binding.ts';
import { matchingVolume } from '../../../api/volumes/matching.ts';
import { unresolvable, type Handle, type Rejection } from '../../framework.ts';
import { reachOf, type DelayedClaim, type PodVolumes } from './pod-volumes.ts';
import { hasCapacity, isAllowedTopology } from './storage-capacity.ts';

/** What will be done about the pod's unbound claims if it goes to the node. */
export interface NodeVolumes {
  readonly bindings: readonly Binding[];
  /** Claims for which volumes are to be made. */
  readonly provisions: readonly PersistentVolumeClaim[];
}
export interface Binding {
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
}

/** Whether the node reaches the volumes that there are, and can get those that there are not yet. */
export function findNodeVolumes({ bound, delayed }: PodVolumes, node: Node, handle: Pick<Handle, 'get' | 'list'>): NodeVolumes | Rejection {
  const unreached = bound.find(({ isThere, reaches }) => !isThere || (reaches && !reaches(node)));
  const reasons: string[] = unreached?.isThere ? [affinityConflict] : [];
  const found = delayed.length === 0 ? nothingToDo : findUnbound(delayed, node, handle);
  if (typeof found === 'string') reasons.push(found);
  if (unreached && !unreached.isThere) reasons.push(volumeMissing);
  if (reasons.length === 0 && typeof found !== 'string') return found;
  return reasons.length === 1 ? single[reasons[0]!]! : unresolvable(...reasons);
}

const nothingToDo: NodeVolumes = { bindings: [], provisions: [] };

const affinityConflict = 'node(s) had volume node affinity conflict';
const nothingToBind = "node(s) didn't find available persistent volumes to bind";
const noSpace = 'node(s) did not have enough free storage';
const volumeMissing = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

const single: Readonly<Record<string, Rejection>> = Object.fromEntries(
  [affinityConflict, nothingToBind, noSpace, volumeMissing].map((reason) => [reason, unresolvable(reason)]),
);

/** Volumes that are there come first; what finds none is to be made. Answers the reason when a claim gets neither. */
function findUnbound(delayed: readonly DelayedClaim[], node: Node, handle: Pick<Handle, 'get' | 'list'>): NodeVolumes | string {
  const bindings: Binding[] = [];
  const provisions: PersistentVolumeClaim[] = [];
  for (const one of delayed) {
    const { claim } = one;
    const selected = claim.metadata.annotations?.[annotations.selectedNode];
    if (selected !== undefined && selected !== node.metadata.name) return nothingToBind;
    const volume = selected === undefined ? freeVolume(one, node, bindings) : undefined;
    if (volume) {
      bindings.push({ volume, claim });
      continue;
    }
    const problem = provisioningProblem(one, node, handle);
    if (problem) return problem;
    provisions.push(claim);
  }
  return { bindings, provisions };
}

/** The volume reserved for the claim, else the smallest that will do, whatever other access modes it offers; of equals the first by name. */
function freeVolume({ claim, volumes }: DelayedClaim, node: Node, taken: readonly Binding[]): PersistentVolume | undefined {
  const left = volumes.filter(({ metadata }) => taken.every(({ volume }) => volume.metadata.name !== metadata.name));
  const suits = (volume: PersistentVolume): boolean =>
    (volume.status.phase === 'Available' || isBoundToClaim(volume, claim)) && (reachOf(volume)?.(node) ?? true);
  const best = matchingVolume(claim, left, { suits });
  if (!best || isBoundToClaim(best, claim)) return best;
  return left
    .filter((volume) => matchingVolume(claim, [volume], { suits }))
    .reduce((one, other) => (compare(other, one) < 0 ? other : one));
}

function compare(a: PersistentVolume, b: PersistentVolume): number {
  const bySize = compareQuantities(sizeOf(a), sizeOf(b));
  return bySize !== 0 ? bySize : (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}

const sizeOf = ({ spec }: PersistentVolume) => quantityFrom(spec.capacity?.['storage']);

function provisioningProblem(one: DelayedClaim, node: Node, handle: Pick<Handle, 'get' | 'list'>): string | undefined {
  const { provisioner, allowedTopologies } = one.storageClass;
  if (!provisioner || provisioner === 'kubernetes.io/no-provisioner') return nothingToBind;
  if (!isAllowedTopology(allowedTopologies, node)) return nothingToBind;
  return hasCapacity(one, node, handle) ? undefined : noSpace;
}
