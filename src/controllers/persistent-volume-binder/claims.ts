import type { PersistentVolumeClaim as ClaimObject, PersistentVolume as VolumeObject } from '../../api/generated/core/v1.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { storageClassAnnotation, storageClassOf } from '../../api/kinds/core/volume-class.ts';
import { StorageClass } from '../../api/kinds/storage/storageclass.ts';
import { defaultClassOf, defaultStorageClassMarks } from '../../api/default-class.ts';
import { isFinished, isScheduled } from '../../api/pods/pod-state.ts';
import { annotations, claimKeyOf, isBoundToClaim, waitsForConsumer } from '../../api/volumes/binding.ts';
import { matchingVolume, mismatch } from '../../api/volumes/matching.ts';
import { defineController, watchOf, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { withType } from '../../workloads/owner.ts';
import { bind, loseClaim, setClaimPhase } from './bind.ts';
import { externalProvisioner } from './provisioner-names.ts';

/**
 * Finds a volume for each claim, or somebody to make one, and watches over those that are bound. One
 * claim at a time: two at once might take the same volume. Source: persistentvolume/pv_controller.go, syncClaim.
 */
export const claimController = (syncMs: number): Controller =>
  defineController({
    name: 'persistentvolume-controller',
    for: PersistentVolumeClaim,
    workers: 1,
    watches: [
      watchOf(PersistentVolume, wokenByVolume),
      watchOf(StorageClass, (storageClass, context) => unboundClaims(context, storageClass.metadata.name!, true)),
    ],
    async reconcile(claim, context) {
      if (claim.metadata.annotations?.[annotations.bindCompleted] !== undefined) await keepBound(claim, context);
      else if (claim.spec.volumeName) await bindNamed(claim, claim.spec.volumeName, context);
      else await findVolume(claim, context);
      // Somebody who waits is told so again and again.
      return isBound(claim) ? undefined : { requeueAfterMs: syncMs };
    },
  });

const isBound = ({ metadata }: ClaimObject): boolean => metadata.annotations?.[annotations.bindCompleted] !== undefined;

/** The claim that it is reserved for, or all that might take it. */
function wokenByVolume(volume: VolumeObject, context: Context): readonly string[] {
  const { claimRef } = volume.spec;
  return claimRef ? [claimKeyOf(claimRef)] : unboundClaims(context, storageClassOf(volume), false);
}

function unboundClaims({ list }: Context, storageClass: string, orWithout: boolean): string[] {
  const isConcerned = (claim: ClaimObject) => storageClassOf(claim) === storageClass || (orWithout && isWithoutClass(claim));
  return list(PersistentVolumeClaim)
    .filter((claim) => !isBound(claim) && isConcerned(claim))
    .map(keyOf);
}

async function keepBound(claim: ClaimObject, context: Context): Promise<void> {
  const { volumeName } = claim.spec;
  if (!volumeName) {
    return loseClaim(claim, 'ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!', context);
  }
  const volume = context.get(PersistentVolume, volumeName);
  if (!volume) return loseClaim(claim, 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!', context);
  const { claimRef } = volume.spec;
  if (!claimRef || claimRef.uid === claim.metadata.uid) return bind(volume, claim, context);
  await loseClaim(claim, 'ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly', context);
}

async function bindNamed(claim: ClaimObject, volumeName: string, context: Context): Promise<void> {
  const volume = context.get(PersistentVolume, volumeName);
  if (volume && isBoundToClaim(volume, claim)) return bind(volume, claim, context);
  if (volume && !volume.spec.claimRef) {
    const problem = mismatch(claim, volume);
    if (problem === undefined) return bind(volume, claim, context);
    tell(claim, context, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume ${JSON.stringify(volumeName)}: ${problem}`);
  } else if (volume) {
    tell(claim, context, 'Warning', 'FailedBinding', `volume ${JSON.stringify(volumeName)} already bound to a different claim.`);
  }
  await setClaimPhase(claim, 'Pending', context);
}

async function findVolume(claim: ClaimObject, context: Context): Promise<void> {
  const className = storageClassOf(claim);
  const isDelayed = className !== '' && waitsForConsumer(context.get(StorageClass, className));
  const volume = matchingVolume(claim, context.list(PersistentVolume), { reservedOnly: isDelayed });
  if (volume) return bind(volume, claim, context);
  if (await assignDefaultClass(claim, context)) return;
  if (isDelayed && claim.metadata.annotations?.[annotations.selectedNode] === undefined) tellOfWaiting(claim, context);
  else if (className !== '') return provision(claim, className, context);
  else tell(claim, context, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  await setClaimPhase(claim, 'Pending', context);
}

/** A claim made before there was a default class gets it later. */
async function assignDefaultClass(claim: ClaimObject, { list, client }: Context): Promise<boolean> {
  const found = isWithoutClass(claim) ? defaultClassOf(list(StorageClass), defaultStorageClassMarks) : undefined;
  if (!found) return false;
  await client.update(PersistentVolumeClaim, { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name! } });
  return true;
}

/** Says nothing about a class, not even that it wants none. */
const isWithoutClass = ({ metadata, spec }: ClaimObject): boolean =>
  spec.storageClassName === undefined && metadata.annotations?.[storageClassAnnotation] === undefined;

function tellOfWaiting(claim: ClaimObject, context: Context): void {
  const waiting = context
    .podsWithClaim(keyOf(claim))
    .filter((pod) => !isFinished(pod) && !isScheduled(pod))
    .map((pod) => pod.metadata.name!);
  if (waiting.length === 0) {
    return tell(claim, context, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  }
  const pods = waiting.length === 1 ? `pod ${waiting[0]}` : `pods ${waiting.join(',')}`;
  tell(claim, context, 'Normal', 'WaitForPodScheduled', `waiting for ${pods} to be scheduled`);
}

/** Names the one who is to make a volume; making it is theirs. */
async function provision(claim: ClaimObject, className: string, context: Context): Promise<void> {
  const storageClass = context.get(StorageClass, className);
  if (!storageClass) {
    return tell(claim, context, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io ${JSON.stringify(className)} not found`);
  }
  const provisioner = externalProvisioner(storageClass.provisioner);
  if (provisioner === undefined) {
    return tell(claim, context, 'Warning', 'ProvisioningFailed', `no volume plugin matched name: ${storageClass.provisioner}`);
  }
  if (claim.metadata.annotations?.[annotations.storageProvisioner] !== provisioner) {
    const named = { [annotations.betaStorageProvisioner]: provisioner, [annotations.storageProvisioner]: provisioner };
    const { metadata } = claim;
    await context.client.update(PersistentVolumeClaim, {
      ...claim,
      metadata: { ...metadata, annotations: { ...metadata.annotations, ...named } },
    });
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' ` +
    'or manually by the system administrator. If volume creation is delayed, please verify that ' +
    'the provisioner is running and correctly registered.';
  tell(claim, context, 'Normal', 'ExternalProvisioning', message);
}

function tell(claim: ClaimObject, { events }: Context, type: 'Normal' | 'Warning', reason: string, message: string): void {
  events.event(withType(claim, PersistentVolumeClaim), type, reason, message);
}
