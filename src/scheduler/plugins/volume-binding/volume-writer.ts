import { sleep } from '../../../base/clock.ts';
import type {
  Node,
  PersistentVolume as VolumeType,
  PersistentVolumeClaim as ClaimType,
  Pod as PodType,
} from '../../../api/generated/core/v1.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { annotations, isBoundToClaim } from '../../../api/volumes/binding.ts';
import type { Handle } from '../../framework.ts';
import { keyOf } from './assumed.ts';
import type { Binding, NodeVolumes } from './node-volumes.ts';
import { isFullyBound, reachOf, type VolumeSources } from './pod-volumes.ts';

/** The volume with its claim in it, as the binder would write it. */
export function reservedFor({ volume, claim }: Binding): VolumeType {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
  };
  const isChosenByUser = isBoundToClaim(volume, claim);
  if (isChosenByUser && volume.spec.claimRef?.uid === uid) return volume;
  const metadata = isChosenByUser ? volume.metadata : annotated(volume.metadata, annotations.boundByController, 'yes');
  return { ...volume, metadata, spec: { ...volume.spec, claimRef } };
}

/** The claim with the node that its volume is to be made for. */
export const wantedOn = (claim: ClaimType, nodeName: string): ClaimType => ({
  ...claim,
  metadata: annotated(claim.metadata, annotations.selectedNode, nodeName),
});

const annotated = <M extends ClaimType['metadata']>(metadata: M, key: string, value: string): M => ({
  ...metadata,
  annotations: { ...metadata.annotations, [key]: value },
});

export interface WaitOptions extends VolumeSources {
  readonly handle: Handle;
  readonly node: Node | undefined;
  readonly timeoutMs: number;
}

/** Writes what was decided, and waits until the binder and the provisioner have done their part. Rejects with what went wrong. */
export async function bindVolumes(pod: PodType, decided: NodeVolumes, options: WaitOptions): Promise<void> {
  const { client, clock } = options.handle;
  const written = { bindings: [] as Binding[], provisions: [] as ClaimType[] };
  for (const { volume, claim } of decided.bindings) written.bindings.push({ volume: await client.update(PersistentVolume, volume), claim });
  for (const claim of decided.provisions) written.provisions.push(await client.update(PersistentVolumeClaim, claim));
  const endMs = clock.monotonic() + options.timeoutMs;
  while (true) {
    await sleep(clock, pollMs);
    if (isDone(pod, written, options)) return;
    if (clock.monotonic() >= endMs) throw new Error('binding volumes: context deadline exceeded');
  }
}

const pollMs = 1000;

/** Throws when it cannot end well any more: the pod has to be scheduled again. */
export function isDone(pod: PodType, written: NodeVolumes, options: WaitOptions): boolean {
  const { handle, node } = options;
  if (!node) throw failed(`failed to get node ${JSON.stringify(pod.spec.nodeName)}`);
  if (!handle.get(Pod, keyOf(pod))) throw failed(`pod does not exist any more: pod ${JSON.stringify(pod.metadata.name)} not found`);
  return (
    written.bindings.every((binding) => isVolumeBound(binding, node, options)) &&
    written.provisions.every((claim) => isProvisioned(claim, node, options))
  );
}

const failed = (why: string): Error => new Error(`binding volumes: ${why}`);

function isVolumeBound({ volume, claim }: Binding, node: Node, { volumes, claims }: WaitOptions): boolean {
  const now = volumes.inApi(keyOf(volume));
  const claimNow = claims.inApi(keyOf(claim));
  if (!now || !claimNow) throw failed(`failed to check binding: could not find ${now ? keyOf(claim) : keyOf(volume)}`);
  if (isOlder(now, volume)) return false;
  requireReach(now, node);
  if (!now.spec.claimRef?.uid) throw failed(`ClaimRef got reset for pv ${JSON.stringify(volume.metadata.name)}`);
  return isFullyBound(claimNow);
}

function isProvisioned(claim: ClaimType, node: Node, { volumes, claims }: WaitOptions): boolean {
  const now = claims.inApi(keyOf(claim));
  const quoted = JSON.stringify(claim.metadata.name);
  if (!now) throw failed(`failed to check provisioning pvc: could not find ${keyOf(claim)}`);
  if (isOlder(now, claim)) return false;
  // A provisioner that fails takes the node back: another one may do better.
  if (now.metadata.annotations?.[annotations.selectedNode] !== node.metadata.name) throw failed(`provisioning failed for PVC ${quoted}`);
  if (!now.spec.volumeName) return false;
  const volume = volumes.inApi(now.spec.volumeName);
  if (!volume) return false;
  requireReach(volume, node);
  return isFullyBound(now);
}

function requireReach(volume: VolumeType, node: Node): void {
  if (reachOf(volume)?.(node) ?? true) return;
  const names = [volume, node].map(({ metadata }) => JSON.stringify(metadata.name));
  throw failed(`pv ${names[0]} node affinity doesn't match node ${names[1]}: no matching NodeSelectorTerms`);
}

/** Has the informer not seen yet what was written? */
const isOlder = (seen: VolumeType | ClaimType, written: VolumeType | ClaimType): boolean =>
  Number(seen.metadata.resourceVersion ?? 0) < Number(written.metadata.resourceVersion ?? 0);
