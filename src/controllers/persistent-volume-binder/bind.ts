/** The two ends of a binding and their phases. Each step writes only what is not so yet, so that a half-done binding is finished by doing it again. */
import type { PersistentVolume as VolumeObject, PersistentVolumeClaim as ClaimObject } from '../../api/generated/core/v1.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { annotations, isBoundToClaim } from '../../api/volumes/binding.ts';
import type { Context } from '../../client/controller.ts';
import { withType } from '../../workloads/owner.ts';

export type ClaimPhase = NonNullable<ClaimObject['status']['phase']>;
export type VolumePhase = NonNullable<VolumeObject['status']['phase']>;

/** The volume first: once it is reserved, nobody else takes it. */
export async function bind(volume: VolumeObject, claim: ClaimObject, context: Context): Promise<void> {
  const reserved = await bindVolume(volume, claim, context);
  const bound = await setVolumePhase(reserved, 'Bound', context);
  const named = await bindClaim(claim, bound, context);
  await setClaimPhase(named, 'Bound', context, bound);
}

async function bindVolume(volume: VolumeObject, claim: ClaimObject, { client }: Context): Promise<VolumeObject> {
  if (volume.spec.claimRef?.uid === claim.metadata.uid && isBoundToClaim(volume, claim)) return volume;
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    namespace: namespace!,
    name: name!,
    uid: uid!,
    resourceVersion: resourceVersion!,
  };
  const isChosenByUser = isBoundToClaim(volume, claim);
  return client.update(PersistentVolume, {
    ...volume,
    metadata: isChosenByUser ? volume.metadata : annotated(volume.metadata, { [annotations.boundByController]: 'yes' }),
    spec: { ...volume.spec, claimRef },
  });
}

async function bindClaim(claim: ClaimObject, volume: VolumeObject, { client }: Context): Promise<ClaimObject> {
  const volumeName = volume.metadata.name!;
  const isNamed = claim.spec.volumeName === volumeName;
  if (isNamed && claim.metadata.annotations?.[annotations.bindCompleted] !== undefined) return claim;
  const marks = { [annotations.bindCompleted]: 'yes', ...(!isNamed && { [annotations.boundByController]: 'yes' }) };
  return client.update(PersistentVolumeClaim, {
    ...claim,
    metadata: annotated(claim.metadata, marks),
    spec: { ...claim.spec, volumeName },
  });
}

/** Takes back a binding that came to nothing; a volume that a user reserved stays reserved. */
export async function unbind(volume: VolumeObject, context: Context): Promise<void> {
  const { claimRef, ...spec } = volume.spec;
  const { uid: _uid, resourceVersion: _resourceVersion, ...reserved } = claimRef ?? {};
  const { [annotations.boundByController]: byController, ...kept } = volume.metadata.annotations ?? {};
  const next: VolumeObject =
    byController === undefined
      ? { ...volume, spec: { ...spec, claimRef: reserved } }
      : { ...volume, metadata: { ...volume.metadata, annotations: kept }, spec };
  await setVolumePhase(await context.client.update(PersistentVolume, next), 'Available', context);
}

export async function setVolumePhase(
  volume: VolumeObject,
  phase: VolumePhase,
  { client }: Context,
  message?: string,
): Promise<VolumeObject> {
  if (volume.status.phase === phase) return volume;
  const { message: _old, ...status } = volume.status;
  return client.updateStatus(PersistentVolume, { ...volume, status: { ...status, phase, ...(message !== undefined && { message }) } });
}

/** With an event, if the phase is new. */
export async function failVolume(volume: VolumeObject, reason: string, message: string, context: Context): Promise<VolumeObject> {
  if (volume.status.phase === 'Failed') return volume;
  const failed = await setVolumePhase(volume, 'Failed', context, message);
  context.events.event(withType(volume, PersistentVolume), 'Warning', reason, message);
  return failed;
}

/** The capacity of a claim that is bound already is left to those who expand it. */
export async function setClaimPhase(
  claim: ClaimObject,
  phase: ClaimPhase,
  { client }: Context,
  volume?: VolumeObject,
): Promise<ClaimObject> {
  const { accessModes: _modes, capacity: known, currentVolumeAttributesClassName: _class, ...rest } = claim.status;
  const capacity = claim.status.phase === phase && phase === 'Bound' ? known : volume?.spec.capacity;
  const attributesClass = volume?.spec.volumeAttributesClassName;
  const status = {
    ...rest,
    phase,
    ...(volume && { accessModes: volume.spec.accessModes }),
    ...(volume && capacity && { capacity }),
    ...(attributesClass && { currentVolumeAttributesClassName: attributesClass }),
  };
  return semanticallyEqual(status, claim.status) ? claim : client.updateStatus(PersistentVolumeClaim, { ...claim, status });
}

export async function loseClaim(claim: ClaimObject, reason: string, message: string, context: Context): Promise<void> {
  if (claim.status.phase === 'Lost') return;
  await setClaimPhase(claim, 'Lost', context);
  context.events.event(withType(claim, PersistentVolumeClaim), 'Warning', reason, message);
}

function annotated<M extends { readonly annotations?: Readonly<Record<string, string>> }>(
  metadata: M,
  more: Readonly<Record<string, string>>,
): M {
  return { ...metadata, annotations: { ...metadata.annotations, ...more } };
}
