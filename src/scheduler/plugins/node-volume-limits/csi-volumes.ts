import type { PersistentVolumeClaim as ClaimType, Pod } from '../../../api/generated/core/v1.ts';
import { PersistentVolume } from '../../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { storageClassOf } from '../../../api/kinds/core/volume-class.ts';
import { StorageClass } from '../../../api/kinds/storage/storageclass.ts';
import { VolumeAttachment } from '../../../api/kinds/storage/volumeattachment.ts';
import type { Handle, Rejection } from '../../framework.ts';
import { claimKey, claimNameOf, strangeClaim } from '../pod-claims.ts';

/** Drivers of volumes, by the volumes' unique names. */
export type CsiVolumes = Map<string, string>;

/** Adds what the pod has attached. A pod that runs already is not held up by claims that are gone. */
export function addVolumesOf(pod: Pod, volumes: CsiVolumes, { get }: Pick<Handle, 'get'>, isNew: boolean): Rejection | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const name = claimNameOf(pod, volume);
    if (name === undefined) continue;
    const claim = get(PersistentVolumeClaim, claimKey(pod, name));
    if (!claim) {
      if (isNew) return notFound(claimKey(pod, name), name);
      continue;
    }
    const strange = volume.ephemeral && strangeClaim(pod, claim);
    if (strange) return { code: 'Error', reasons: [strange] };
    const csi = csiVolumeOf(claim, { get });
    if (csi) volumes.set(`${csi.driver}/${csi.handle}`, csi.driver);
  }
  return undefined;
}

const notFound = (key: string, name: string): Rejection => ({
  code: 'UnschedulableAndUnresolvable',
  reasons: [`looking up PVC ${key}: persistentvolumeclaim ${JSON.stringify(name)} not found`],
});

/** Of a claim without a volume: what its class will make of it, under a name that no volume has. */
function csiVolumeOf(claim: ClaimType, { get }: Pick<Handle, 'get'>): { readonly driver: string; readonly handle: string } | undefined {
  const { volumeName } = claim.spec;
  const volume = volumeName ? get(PersistentVolume, volumeName) : undefined;
  if (volume) return volume.spec.csi && { driver: volume.spec.csi.driver, handle: volume.spec.csi.volumeHandle };
  const storageClass = get(StorageClass, storageClassOf(claim));
  return storageClass && { driver: storageClass.provisioner, handle: ` ${claimKey(claim, claim.metadata.name ?? '')}` };
}

/** By node: what is attached there, whether or not a pod still uses it. */
export function attachedVolumes({ get, list }: Pick<Handle, 'get' | 'list'>): ReadonlyMap<string, CsiVolumes> {
  const byNode = new Map<string, CsiVolumes>();
  for (const { spec } of list(VolumeAttachment)) {
    const csi = get(PersistentVolume, spec.source.persistentVolumeName ?? '')?.spec.csi;
    if (!csi) continue;
    const volumes: CsiVolumes = byNode.get(spec.nodeName) ?? new Map();
    byNode.set(spec.nodeName, volumes.set(`${csi.driver}/${csi.volumeHandle}`, spec.attacher));
  }
  return byNode;
}
