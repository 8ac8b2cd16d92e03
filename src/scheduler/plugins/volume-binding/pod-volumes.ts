import type { PersistentVolume as VolumeType, PersistentVolumeClaim as ClaimType, Pod } from '../../../api/generated/core/v1.ts';
import type { StorageClass as StorageClassType } from '../../../api/generated/storage/v1.ts';
import { quantityFrom } from '../../../api/kinds/core/resource-quantities.ts';
import { storageClassOf } from '../../../api/kinds/core/volume-class.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { compareQuantities } from '../../../api/quantity.ts';
import { nodeSelectorMatcher, type NodeMatcher } from '../../../api/scheduling/node-affinity.ts';
import { annotations, waitsForConsumer } from '../../../api/volumes/binding.ts';
import { unresolvable, type Handle, type Rejection } from '../../framework.ts';
import { claimKey, claimNameOf, claimNotFound, strangeClaim } from '../pod-claims.ts';
import type { Assumed } from './assumed.ts';

/** What a pod's claims ask of its node. */
export interface PodVolumes {
  readonly bound: readonly BoundVolume[];
  /** Of claims that are bound once the pod has its node, the smallest first. */
  readonly delayed: readonly DelayedClaim[];
}

/** A claim's volume; `isThere` is false when it is bound to one that does not exist. */
export interface BoundVolume {
  readonly isThere: boolean;
  readonly reaches: NodeMatcher | undefined;
}

export interface DelayedClaim {
  readonly claim: ClaimType;
  readonly storageClass: StorageClassType;
  /** All volumes of the class. */
  readonly volumes: readonly VolumeType[];
}

export interface VolumeSources {
  readonly handle: Pick<Handle, 'get' | 'list'>;
  readonly claims: Assumed<ClaimType>;
  readonly volumes: Assumed<VolumeType>;
}

/** Sorts the pod's claims; undefined when it has none. */
export function podVolumes(pod: Pod, sources: VolumeSources): PodVolumes | Rejection | undefined {
  const claims = claimsOf(pod, sources);
  if ('code' in claims) return claims;
  if (claims.length === 0) return undefined;
  const bound: BoundVolume[] = [];
  const delayed: DelayedClaim[] = [];
  for (const claim of claims) {
    if (isFullyBound(claim)) {
      bound.push(boundVolume(sources.volumes.get(claim.spec.volumeName!)));
      continue;
    }
    const storageClass = sources.handle.get(StorageClass, storageClassOf(claim));
    if (!storageClass || !waitsForConsumer(storageClass) || claim.spec.volumeName) return unboundImmediate;
    delayed.push({ claim, storageClass, volumes: volumesOfClass(storageClassOf(claim), sources) });
  }
  delayed.sort((a, b) => compareQuantities(sizeOf(a.claim), sizeOf(b.claim)));
  return { bound, delayed };
}

export const isFullyBound = ({ spec, metadata }: ClaimType): boolean =>
  !!spec.volumeName && metadata.annotations?.[annotations.bindCompleted] !== undefined;

const unboundImmediate = unresolvable('pod has unbound immediate PersistentVolumeClaims');

function claimsOf(pod: Pod, { claims }: VolumeSources): readonly ClaimType[] | Rejection {
  const found: ClaimType[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume);
    if (name === undefined) continue;
    const claim = claims.get(claimKey(pod, name));
    const problem = claim ? claimProblem(pod, claim, volume.ephemeral !== undefined) : missing(name, volume.ephemeral !== undefined);
    if (problem) return problem;
    found.push(claim!);
  }
  return found;
}

const missing = (name: string, isEphemeral: boolean): Rejection =>
  isEphemeral
    ? unresolvable(`waiting for ephemeral volume controller to create the persistentvolumeclaim ${JSON.stringify(name)}`)
    : claimNotFound(name);

function claimProblem(pod: Pod, claim: ClaimType, isEphemeral: boolean): Rejection | undefined {
  const quoted = JSON.stringify(claim.metadata.name);
  if (claim.status.phase === 'Lost') {
    return unresolvable(
      `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(claim.spec.volumeName ?? '')}`,
    );
  }
  if (claim.metadata.deletionTimestamp !== undefined) return unresolvable(`persistentvolumeclaim ${quoted} is being deleted`);
  const strange = isEphemeral ? strangeClaim(pod, claim) : undefined;
  return strange === undefined ? undefined : unresolvable(strange);
}

export const reachOf = ({ spec }: VolumeType): NodeMatcher | undefined =>
  spec.nodeAffinity?.required && nodeSelectorMatcher(spec.nodeAffinity.required);

const boundVolume = (volume: VolumeType | undefined): BoundVolume => ({
  isThere: volume !== undefined,
  reaches: volume && reachOf(volume),
});

const volumesOfClass = (name: string, { volumes }: VolumeSources): readonly VolumeType[] =>
  volumes.list().filter((volume) => storageClassOf(volume) === name);

const sizeOf = ({ spec }: ClaimType) => quantityFrom(spec.resources?.requests?.['storage']);
