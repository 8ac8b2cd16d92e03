import type { CSINode as CsiNodeType } from '../../../api/generated/storage/v1.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { CSINode } from '../../../api/kinds/storage/csinode.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { VolumeAttachment } from '../../../api/kinds/storage/volumeattachment.ts';
import { claimsOf } from '../../../api/volumes/claims-of-pod.ts';
import { skip, stateKey, unschedulable, type PluginFactory, type Verdict } from '../../framework.ts';
import { interest, isGone } from '../interest.ts';
import { ownClaimAppears } from '../pod-claims.ts';
import { addVolumesOf, attachedVolumes, type CsiVolumes } from './csi-volumes.ts';

interface Notes {
  readonly wanted: CsiVolumes;
  /** Told only when nodes are asked: before that, VolumeBinding says better what a claim that is not there means. */
  readonly rejection: Verdict;
  /** Looked up once a node with limits needs it. */
  attached: ReadonlyMap<string, CsiVolumes> | undefined;
}
const notes = stateKey<Notes>('NodeVolumeLimits');

/** Keeps to the number of volumes that a CSI driver can attach to one node. Source: kube-scheduler's plugins/nodevolumelimits/csi.go. */
export const nodeVolumeLimits: PluginFactory = {
  name: 'NodeVolumeLimits',
  make: (handle) => ({
    name: 'NodeVolumeLimits',
    reads: [CSINode, PersistentVolume, PersistentVolumeClaim, StorageClass, VolumeAttachment],
    events: [
      interest(CSINode, (_pod, { now }) => now !== undefined),
      interest(Pod, (_pod, change) => isGone(change) && !!change.old?.spec.nodeName && claimsOf(change.old).length > 0),
      ownClaimAppears({ orChanges: false }),
      interest(VolumeAttachment, (_pod, change) => isGone(change)),
    ],
    preFilter(state, { pod }) {
      if (!pod.spec.volumes || claimsOf(pod).length === 0) return skip;
      const wanted: CsiVolumes = new Map();
      const rejection = addVolumesOf(pod, wanted, handle, true);
      if (!rejection && wanted.size === 0) return skip;
      state.write(notes, { wanted, rejection, attached: undefined });
      return undefined;
    },
    filter(state, _pod, node) {
      const all = state.read(notes)!;
      if (all.rejection) return all.rejection;
      const csiNode = handle.get(CSINode, node.name);
      const { wanted } = all;
      if (!csiNode || !isLimited(csiNode, wanted)) return undefined;
      all.attached ??= attachedVolumes(handle);
      const present: CsiVolumes = new Map(all.attached.get(node.name));
      for (const { pod } of node.pods) {
        const rejection = addVolumesOf(pod, present, handle, false);
        if (rejection) return rejection;
      }
      return limitVerdict(csiNode, wanted, present);
    },
  }),
};

const tooMany = unschedulable('node(s) exceed max volume count');

const isLimited = ({ spec }: CsiNodeType, wanted: CsiVolumes): boolean => {
  const drivers = new Set(wanted.values());
  return spec.drivers.some(({ name, allocatable }) => allocatable?.count !== undefined && drivers.has(name));
};

/** A volume that is there already, for another pod, is not one more. */
export function limitVerdict({ spec }: CsiNodeType, wanted: CsiVolumes, present: CsiVolumes): Verdict {
  for (const { name, allocatable } of spec.drivers) {
    if (allocatable?.count === undefined) continue;
    const more = [...wanted].filter(([volume, driver]) => driver === name && !present.has(volume)).length;
    const there = [...present.values()].filter((driver) => driver === name).length;
    if (more > 0 && there + more > allocatable.count) return tooMany;
  }
  return undefined;
}
