import type { CSIStorageCapacity as CapacityType } from '../../../api/generated/storage/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { CSIDriver } from '../../../api/kinds/storage/csidriver.ts';
import { CSIStorageCapacity } from '../../../api/kinds/storage/csistoragecapacity.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { semanticallyEqual } from '../../../api/semantic-equality.ts';
import { claimsOf } from '../../../api/volumes/claims-of-pod.ts';
import { skip, stateKey, type EventInterest, type Handle, type Plugin, type PluginFactory } from '../../framework.ts';
import { interest, isAddedOrRelabelled, type Change } from '../interest.ts';
import { ownClaimAppears } from '../pod-claims.ts';
import { Assumed } from './assumed.ts';
import { findNodeVolumes, type NodeVolumes } from './node-volumes.ts';
import { podVolumes, type PodVolumes, type VolumeSources } from './pod-volumes.ts';
import { largestBytes } from './storage-capacity.ts';
import { bindVolumes, reservedFor, wantedOn } from './volume-writer.ts';

interface Notes {
  readonly pod: PodVolumes;
  readonly byNode: Map<string, NodeVolumes>;
  /** For the chosen node, as it is assumed. */
  decided: NodeVolumes | undefined;
}
const notes = stateKey<Notes>('VolumeBinding');

/** Brings pods to their volumes, and volumes to pods whose claims wait for that. Source: kube-scheduler's plugins/volumebinding. */
export const volumeBinding: PluginFactory = {
  name: 'VolumeBinding',
  make: (handle, args) => pluginWith(handle, 1000 * Number(args?.['bindTimeoutSeconds'] ?? 600)),
};

function pluginWith(handle: Handle, timeoutMs: number): Plugin {
  const claims = new Assumed(PersistentVolumeClaim, handle);
  const volumes = new Assumed(PersistentVolume, handle);
  const sources: VolumeSources = { handle, claims, volumes };
  return {
    name: 'VolumeBinding',
    reads: [PersistentVolumeClaim, PersistentVolume, StorageClass, CSIDriver, CSIStorageCapacity],
    events,
    preFilter(state, { pod }) {
      const found = podVolumes(pod, sources);
      if (found && 'code' in found) return found;
      if (!found) return skip;
      state.write(notes, { pod: found, byNode: new Map(), decided: undefined });
      return undefined;
    },
    filter(state, _pod, { name, node }) {
      const { pod, byNode } = state.read(notes)!;
      const found = findNodeVolumes(pod, node, handle);
      if ('code' in found) return found;
      if (pod.delayed.length > 0) byNode.set(name, found);
      return undefined;
    },
    reserve(state, _pod, nodeName) {
      const all = state.read(notes);
      const found = all?.byNode.get(nodeName);
      if (!all || !found) return undefined;
      const bindings = found.bindings.map(({ volume, claim }) => ({ volume: reservedFor({ volume, claim }), claim }));
      const provisions = found.provisions.map((claim) => wantedOn(claim, nodeName));
      for (const { volume } of bindings) volumes.assume(volume);
      for (const claim of provisions) claims.assume(claim);
      all.decided = { bindings, provisions };
      return undefined;
    },
    unreserve(state) {
      const decided = state.read(notes)?.decided;
      for (const { volume } of decided?.bindings ?? []) volumes.forget(volume);
      for (const claim of decided?.provisions ?? []) claims.forget(claim);
    },
    async preBind(state, { pod }, nodeName) {
      const decided = state.read(notes)?.decided;
      if (!decided) return undefined;
      try {
        await bindVolumes(pod, decided, { ...sources, handle, timeoutMs, node: handle.get(Node, nodeName) });
        return undefined;
      } catch (error) {
        return { code: 'Error', reasons: [error instanceof Error ? error.message : String(error)] };
      }
    },
  };
}

const events: readonly EventInterest[] = [
  interest(
    StorageClass,
    (_pod, { old, now }) => now !== undefined && !(old && semanticallyEqual(old.allowedTopologies, now.allowedTopologies)),
  ),
  ownClaimAppears({ orChanges: true }),
  interest(PersistentVolume, (pod, { now }) => now !== undefined && claimsOf(pod).length > 0),
  interest(Node, (_pod, change) => isAddedOrRelabelled(change)),
  interest(CSIDriver, (_pod, { old, now }) => old?.spec.storageCapacity === true && now !== undefined && !now.spec.storageCapacity),
  interest(CSIStorageCapacity, (_pod, change) => offersMore(change)),
];

function offersMore({ old, now }: Change<CapacityType>): boolean {
  if (!now) return false;
  if (!old) return true;
  return (largestBytes(now) ?? 0) > (largestBytes(old) ?? 0);
}
