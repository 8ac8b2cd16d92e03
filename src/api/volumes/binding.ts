/** How claims and volumes say that they belong together (upstream's component-helpers/storage/volume). */
import type { ObjectReference, PersistentVolume, PersistentVolumeClaim } from '../generated/core/v1.ts';
import type { StorageClass } from '../generated/storage/v1.ts';

export const annotations = {
  /** On a claim: it has been bound once; from then on a missing volume is a loss. */
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  /** On either: the other end was chosen by the controller, not by a user. */
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  /** On a volume: who made it, and so will delete it. */
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  /** On a claim: who is to make a volume for it. */
  storageProvisioner: 'volume.kubernetes.io/storage-provisioner',
  betaStorageProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  /** On a claim: the node that the scheduler wants the volume for. */
  selectedNode: 'volume.kubernetes.io/selected-node',
} as const;

/** Is the volume reserved for this claim, by name, and if it says which one, by uid? */
export function isBoundToClaim({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (!claimRef || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return !claimRef.uid || claimRef.uid === metadata.uid;
}

export const claimKeyOf = ({ namespace, name }: ObjectReference): string => `${namespace ?? ''}/${name ?? ''}`;

/** Does binding wait until a pod wants the claim? */
export const waitsForConsumer = (storageClass: StorageClass | undefined): boolean =>
  storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
