import { isNotFound } from '../../api/errors.ts';
import type { PersistentVolume as VolumeObject } from '../../api/generated/core/v1.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { annotations } from '../../api/volumes/binding.ts';
import type { Context } from '../../client/controller.ts';
import { failVolume } from './bind.ts';
import { externalProvisioner } from './provisioner-names.ts';

/**
 * Policy Delete. A volume that an external provisioner made is theirs to delete. Of others upstream
 * knows only how to delete host paths under /tmp, on the machine of the controller; there are none
 * here, so only the object goes. True when nothing is left to do.
 */
export async function deleteVolume(volume: VolumeObject, context: Context): Promise<boolean> {
  const provisioner = volume.metadata.annotations?.[annotations.provisionedBy];
  if (provisioner && externalProvisioner(provisioner) !== undefined) return true;
  const problem = deletionProblem(volume);
  if (problem !== undefined) {
    await failVolume(volume, 'VolumeFailedDelete', problem, context);
    return false;
  }
  try {
    await context.client.delete(PersistentVolume, { name: volume.metadata.name! }, { preconditions: { uid: volume.metadata.uid! } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return true;
}

function deletionProblem({ metadata, spec: { hostPath } }: VolumeObject): string | undefined {
  if (!hostPath)
    return `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name)}: no deletable volume plugin matched`;
  return /^\/tmp\/.+/.test(hostPath.path) ? undefined : `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`;
}
