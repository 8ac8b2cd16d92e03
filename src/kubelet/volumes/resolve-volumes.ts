import type { PersistentVolumeClaim as ClaimType, Volume } from '../../api/generated/core/v1.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import type { Client } from '../../client/client.ts';
import { orNothing } from '../containers/object-reader.ts';
import type { ResolvedVolume } from '../ports.ts';
import { MountError } from './mount-error.ts';
import { filesOf, type FileSourceInput } from './volume-files.ts';

export interface ResolveInput extends FileSourceInput {
  readonly client: Client;
}

/** Finds what the pod's volumes are made of. Rejects with `MountError` that tells of all that is missing. */
export async function resolveVolumes(input: ResolveInput): Promise<readonly ResolvedVolume[]> {
  const { volumes = [] } = input.pod.spec;
  const failures: string[] = [];
  const resolved: ResolvedVolume[] = [];
  for (const volume of volumes) {
    try {
      resolved.push(await resolve(volume, input));
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (failures.length > 0) throw new MountError(failures);
  return resolved;
}

async function resolve(volume: Volume, input: ResolveInput): Promise<ResolvedVolume> {
  const claimName = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${input.pod.metadata.name}-${volume.name}` : undefined);
  if (claimName !== undefined) return resolveClaim(volume, claimName, input);
  try {
    const files = await filesOf(volume, input);
    return { volume, ...(files && { files }) };
  } catch (error) {
    throw new Error(`MountVolume.SetUp failed for volume "${volume.name}" : ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const unprocessed = 'failed to process volumes';
const unreadable = 'failed to fetch';
const unread = (what: string): string => `${unreadable} ${what} from API server`;

async function resolveClaim(volume: Volume, name: string, { pod, client }: ResolveInput): Promise<ResolvedVolume> {
  const { namespace = '' } = pod.metadata;
  const problem = (why: string) =>
    new Error(
      `Unable to attach or mount volumes: unmounted volumes=[${volume.name}], unattached volumes=[], ${unprocessed}=[${volume.name}]: error processing PVC ${namespace}/${name}: ${why}`,
    );
  const claim = await orNothing(client.get<ClaimType>(PersistentVolumeClaim, { namespace, name }));
  if (!claim) throw problem(`${unread('PVC')}: persistentvolumeclaims "${name}" not found`);
  if (claim.metadata.deletionTimestamp !== undefined) throw problem('PVC is being deleted');
  if (volume.ephemeral && !claim.metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === pod.metadata.uid)) {
    throw problem(`PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`);
  }
  const { volumeName = '' } = claim.spec ?? {};
  if (claim.status?.phase !== 'Bound' || volumeName === '') throw problem('PVC is not bound');
  const persistentVolume = await orNothing(client.get(PersistentVolume, { name: volumeName }));
  if (!persistentVolume) throw problem(`${unread(`PV ${volumeName}`)}: persistentvolumes "${volumeName}" not found`);
  return { volume, persistentVolume };
}
