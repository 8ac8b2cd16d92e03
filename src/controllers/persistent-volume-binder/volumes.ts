import { isNotFound } from '../../api/errors.ts';
import type {
  ObjectReference,
  PersistentVolumeClaim as ClaimObject,
  PersistentVolume as VolumeObject,
} from '../../api/generated/core/v1.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { annotations, claimKeyOf } from '../../api/volumes/binding.ts';
import { defineController, watchOf, type After, type Context, type Controller } from '../../client/controller.ts';
import { failVolume, setVolumePhase, unbind } from './bind.ts';
import { deleteVolume } from './deleter.ts';
import { recyclerNamespace, recycleVolume, volumeOfRecycler } from './recycler.ts';

/** Keeps volumes' phases, and does with those whose claim is gone what their policy says. Source: persistentvolume/pv_controller.go, syncVolume. */
export const volumeController = (syncMs: number): Controller =>
  defineController({
    name: 'persistentvolume-controller',
    for: PersistentVolume,
    workers: 1,
    watches: [
      // A claim that goes before it was bound leaves the volume that was made for it.
      watchOf(PersistentVolumeClaim, ({ spec, metadata }) => [...(spec.volumeName ? [spec.volumeName] : []), `pvc-${metadata.uid}`]),
      watchOf(Pod, (pod) => (pod.metadata.namespace === recyclerNamespace ? volumeOfRecycler(pod) : [])),
    ],
    async reconcile(volume, context) {
      const { claimRef } = volume.spec;
      if (!claimRef?.uid) {
        await setVolumePhase(volume, 'Available', context);
        return undefined;
      }
      const claim = await claimOf(volume, claimRef, context);
      if (!claim) return release(volume, syncMs, context);
      // Whoever looks after claims will finish the binding.
      if (!claim.spec.volumeName) return { requeueAfterMs: syncMs };
      if (claim.spec.volumeName === volume.metadata.name) {
        await setVolumePhase(volume, 'Bound', context);
        return undefined;
      }
      if (isMadeForClaim(volume)) return release(volume, syncMs, context);
      await unbind(volume, context);
      return undefined;
    },
  });

/** Nobody wants it, once the claim has got another. */
const isMadeForClaim = ({ metadata, spec }: VolumeObject): boolean =>
  metadata.annotations?.[annotations.provisionedBy] !== undefined && spec.persistentVolumeReclaimPolicy === 'Delete';

/** The claim that the volume is bound to, not another of the same name. A volume may be known before its claim is: the server is asked before the claim counts as gone. */
async function claimOf(volume: VolumeObject, claimRef: ObjectReference, { get, client }: Context): Promise<ClaimObject | undefined> {
  const known = get(PersistentVolumeClaim, claimKeyOf(claimRef));
  if (known?.metadata.uid === claimRef.uid) return known;
  if (volume.status.phase === 'Released' || volume.status.phase === 'Failed') return undefined;
  try {
    const claim = await client.get(PersistentVolumeClaim, { namespace: claimRef.namespace!, name: claimRef.name! });
    return claim.metadata.uid === claimRef.uid ? claim : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function release(volume: VolumeObject, syncMs: number, context: Context): Promise<After> {
  const released = volume.status.phase === 'Failed' ? volume : await setVolumePhase(volume, 'Released', context);
  const isDone = await reclaim(released, context);
  return isDone ? undefined : { requeueAfterMs: syncMs };
}

/** False when it is to be tried again after a while. */
async function reclaim(volume: VolumeObject, context: Context): Promise<boolean> {
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case 'Retain':
      return true;
    case 'Delete':
      return deleteVolume(volume, context);
    case 'Recycle':
      return recycleVolume(volume, context);
    default:
      await failVolume(volume, 'VolumeUnknownReclaimPolicy', 'Volume has unrecognized PersistentVolumeReclaimPolicy', context);
      return true;
  }
}
