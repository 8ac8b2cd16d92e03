import type { Pod as PodType } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { claimsOf } from '../../../api/volumes/claims-of-pod.ts';
import {
  skip,
  stateKey,
  unschedulable,
  type Handle,
  type PluginFactory,
  type PodInfo,
  type Rejection,
  type Snapshot,
} from '../../framework.ts';
import { interest, isAdded, isGone } from '../interest.ts';
import { claimKey, claimNotFound, ownClaimAppears } from '../pod-claims.ts';
import { disksConflict, isExclusiveDisk } from './disk-conflict.ts';

/** The pod's claims that only one pod may use, and how often others use them. */
interface OnePodClaims {
  readonly names: ReadonlySet<string>;
  uses: number;
}
const onePodClaims = stateKey<OnePodClaims>('VolumeRestrictions', (claims) => ({ ...claims }));

/** Keeps volumes that cannot be shared from being shared. Source: kube-scheduler's plugins/volumerestrictions. */
export const volumeRestrictions: PluginFactory = {
  name: 'VolumeRestrictions',
  make: (handle) => ({
    name: 'VolumeRestrictions',
    reads: [PersistentVolumeClaim],
    events: [
      interest(Pod, (pod, change) => isGone(change) && change.old !== undefined && sharedVolumes(pod, change.old)),
      interest(Node, (_pod, change) => isAdded(change)),
      ownClaimAppears({ orChanges: false }),
    ],
    preFilter(state, { pod }, nodes) {
      if (!pod.spec.volumes) return skip;
      const names = namesOfOnePodClaims(pod, handle);
      if ('code' in names) return names;
      const uses = names.size === 0 ? 0 : usesOf(names, pod, nodes);
      if (uses === 0 && !pod.spec.volumes.some(isExclusiveDisk)) return skip;
      state.write(onePodClaims, { names, uses });
      return undefined;
    },
    addPod(state, { pod }, added) {
      const claims = state.read(onePodClaims);
      if (claims) claims.uses += usesBy(added, claims.names, pod);
    },
    removePod(state, { pod }, removed) {
      const claims = state.read(onePodClaims);
      if (claims) claims.uses -= usesBy(removed, claims.names, pod);
    },
    filter(state, { pod }, { pods }) {
      for (const other of pods) if (disksConflict(pod, other.pod)) return noDisk;
      return state.read(onePodClaims)!.uses > 0 ? claimInUse : undefined;
    },
  }),
};

const noDisk = unschedulable('node(s) had no available disk');
const claimInUse = unschedulable('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode');

/** A claim that is not there cannot be judged. */
function namesOfOnePodClaims(pod: PodType, { get }: Handle): ReadonlySet<string> | Rejection {
  const names = new Set<string>();
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (!persistentVolumeClaim) continue;
    const name = persistentVolumeClaim.claimName;
    const claim = get(PersistentVolumeClaim, claimKey(pod, name));
    if (!claim) return claimNotFound(name);
    if (claim.spec.accessModes?.includes('ReadWriteOncePod')) names.add(name);
  }
  return names;
}

function usesOf(names: ReadonlySet<string>, pod: PodType, { nodes }: Snapshot): number {
  let uses = 0;
  for (const { pods } of nodes) for (const other of pods) uses += usesBy(other, names, pod);
  return uses;
}

function usesBy({ pod }: PodInfo, names: ReadonlySet<string>, { metadata }: PodType): number {
  if (!pod.spec.volumes || pod.metadata.namespace !== metadata.namespace) return 0;
  let uses = 0;
  for (const { persistentVolumeClaim } of pod.spec.volumes) if (persistentVolumeClaim && names.has(persistentVolumeClaim.claimName)) uses++;
  return uses;
}

function sharedVolumes(pod: PodType, gone: PodType): boolean {
  if (gone.metadata.namespace !== pod.metadata.namespace) return false;
  if (disksConflict(pod, gone)) return true;
  const claims = claimsOf(pod);
  return claimsOf(gone).some((name) => claims.includes(name));
}
