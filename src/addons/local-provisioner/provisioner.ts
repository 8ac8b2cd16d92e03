import type { Env } from '../../base/env.ts';
import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import type { Node as NodeObject, PersistentVolumeClaim as ClaimObject } from '../../api/generated/core/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { PersistentVolume } from '../../api/kinds/core/persistentvolume.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { storageClassOf } from '../../api/kinds/core/volume-class.ts';
import { StorageClass } from '../../api/kinds/storage/storageclass.ts';
import { annotations, waitsForConsumer } from '../../api/volumes/binding.ts';
import type { Client } from '../../client/client.ts';
import { defineController, runController, watchOf, type Context } from '../../client/controller.ts';
import type { Informers } from '../../client/informers.ts';
import { claimProblem, localVolume } from './local-volume.ts';
import { provisionerName } from './storage-class.ts';

const component = `${provisionerName}_local-path-provisioner`;
/** How soon a claim that could not be served is looked at again; the provisioner library's longest back-off is as long. */
const tryAgainMs = 15_000;

/**
 * Makes volumes on the nodes themselves for claims whose class names it, and deletes them again. The
 * folder is made by the kubelet that mounts it (`DirectoryOrCreate`). Resolves when it works; it ends
 * with `env.signal`. Source: rancher/local-path-provisioner, on sig-storage-lib-external-provisioner.
 */
export async function localProvisioner(client: Client, informers: Informers, env: Env): Promise<void> {
  await Promise.all([runController(provisioning, client, informers, env), runController(deletion, client, informers, env)]);
}

const provisioning = defineController({
  name: component,
  for: PersistentVolumeClaim,
  workers: 4,
  watches: [
    watchOf(StorageClass, () => []),
    watchOf(Node, () => []),
    watchOf(PersistentVolume, ({ spec: { claimRef } }) => (claimRef ? [`${claimRef.namespace}/${claimRef.name}`] : [])),
  ],
  async reconcile(claim, context) {
    const storageClass = context.get(StorageClass, storageClassOf(claim));
    if (!storageClass || !isOurs(claim) || claim.spec.volumeName || context.get(PersistentVolume, `pvc-${claim.metadata.uid}`))
      return undefined;
    const selected = claim.metadata.annotations?.[annotations.selectedNode];
    if (waitsForConsumer(storageClass) && selected === undefined) return undefined;
    tell(claim, context, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${keyText(claim)}"`);
    const problem = claimProblem(claim) ?? (selected === undefined ? 'configuration error, no node was specified' : undefined);
    if (problem !== undefined) return refuse(claim, storageClass.metadata.name!, problem, context);
    const node = await findNode(selected!, context);
    if (!node) return letReschedule(claim, selected!, context);
    await create(localVolume(claim, node, storageClass), context);
    tell(claim, context, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume pvc-${claim.metadata.uid}`);
    return undefined;
  },
});

/** The binder has named this provisioner, and nobody takes the claim away. */
const isOurs = ({ metadata }: ClaimObject): boolean =>
  metadata.annotations?.[annotations.storageProvisioner] === provisionerName && metadata.deletionTimestamp === undefined;

/** The copy may be older than the scheduler's; the server is asked before the node counts as gone. */
async function findNode(name: string, { get, client }: Context): Promise<NodeObject | undefined> {
  const known = get(Node, name);
  if (known) return known;
  try {
    return await client.get(Node, { name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function create(volume: ReturnType<typeof localVolume>, { client }: Context): Promise<void> {
  try {
    await client.create(PersistentVolume, volume);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

function refuse(claim: ClaimObject, className: string, problem: string, context: Context) {
  tell(claim, context, 'Warning', 'ProvisioningFailed', `failed to provision volume with StorageClass "${className}": ${problem}`);
  return { requeueAfterMs: tryAgainMs };
}

/** The node has gone: without the annotation the scheduler chooses another. */
async function letReschedule(claim: ClaimObject, nodeName: string, context: Context): Promise<undefined> {
  tell(claim, context, 'Warning', 'ProvisioningFailed', `failed to get target node: node "${nodeName}" not found`);
  const { [annotations.selectedNode]: _gone, ...kept } = claim.metadata.annotations ?? {};
  await context.client.update(PersistentVolumeClaim, { ...claim, metadata: { ...claim.metadata, annotations: kept } });
}

const keyText = ({ metadata }: ClaimObject): string => `${metadata.namespace}/${metadata.name}`;

function tell(claim: ClaimObject, { events }: Context, type: 'Normal' | 'Warning', reason: string, message: string): void {
  events.event({ ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, type, reason, message);
}

const deletion = defineController({
  name: component,
  for: PersistentVolume,
  async reconcile({ metadata, spec, status }, { client }) {
    const isOwn = metadata.annotations?.[annotations.provisionedBy] === provisionerName;
    const isToGo = status.phase === 'Released' && spec.persistentVolumeReclaimPolicy === 'Delete';
    if (!isOwn || !isToGo || metadata.deletionTimestamp !== undefined) return;
    try {
      await client.delete(PersistentVolume, { name: metadata.name! }, { preconditions: { uid: metadata.uid! } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
});
