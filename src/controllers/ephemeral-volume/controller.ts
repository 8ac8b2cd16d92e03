import { isAlreadyExists } from '../../api/errors.ts';
import type { Pod as PodObject, Volume } from '../../api/generated/core/v1.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { ephemeralClaimName, isClaimOfPod } from '../../api/volumes/claims-of-pod.ts';
import { defineController, watchOf, type Context } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { controllerReference, withType } from '../../workloads/owner.ts';

/**
 * Makes the claims of pods' ephemeral volumes, which go with their pods. It looks after claims that
 * should be there, so that the many pods without such volumes do not wake it. Source: volume/ephemeral.
 */
export const ephemeralVolumeController = defineController({
  name: 'ephemeral-volume-controller',
  for: PersistentVolumeClaim,
  watches: [watchOf(Pod, claimKeys, isSamePod)],
  async reconcile(claim, context) {
    for (const { pod, volume } of wanting(keyOf(claim), context)) {
      if (isClaimOfPod(claim, pod)) continue;
      const { namespace, name } = claim.metadata;
      const why = `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`;
      tellOfFailure(pod, volume, why, context);
    }
  },
  async gone(key, context) {
    for (const { pod, volume } of wanting(key, context)) await createClaim(pod, volume, context);
  },
});

function claimKeys(pod: PodObject): string[] {
  return ephemeralVolumes(pod).map((volume) => `${pod.metadata.namespace}/${ephemeralClaimName(pod, volume)}`);
}

/** Volumes do not change as long as the pod lives. */
function isSamePod(old: PodObject, now: PodObject): boolean {
  return old.metadata.uid === now.metadata.uid;
}

const ephemeralVolumes = ({ spec }: PodObject): Volume[] => (spec.volumes ?? []).filter(({ ephemeral }) => ephemeral !== undefined);

/** The pods that stay, each with the ephemeral volume to which the claim belongs. */
function wanting(key: string, { podsWithClaim }: Context): { pod: PodObject; volume: Volume }[] {
  const name = key.split('/')[1]!;
  return podsWithClaim(key).flatMap((pod) => {
    if (pod.metadata.deletionTimestamp !== undefined) return [];
    return ephemeralVolumes(pod)
      .filter((volume) => ephemeralClaimName(pod, volume) === name)
      .map((volume) => ({ pod, volume }));
  });
}

async function createClaim(pod: PodObject, volume: Volume, context: Context): Promise<void> {
  const template = volume.ephemeral!.volumeClaimTemplate!;
  const name = ephemeralClaimName(pod, volume);
  const { labels, annotations } = template.metadata ?? {};
  try {
    await context.client.create(PersistentVolumeClaim, {
      metadata: {
        namespace: pod.metadata.namespace!,
        name,
        ...(labels && { labels }),
        ...(annotations && { annotations }),
        ownerReferences: [controllerReference(pod, Pod)],
      },
      spec: template.spec,
      status: {},
    });
  } catch (error) {
    // It will be looked at when it is heard of.
    if (isAlreadyExists(error)) return;
    tellOfFailure(pod, volume, `create PVC ${name}: ${error instanceof Error ? error.message : String(error)}`, context);
    throw error;
  }
}

function tellOfFailure(pod: PodObject, volume: Volume, why: string, { events }: Context): void {
  events.event(withType(pod, Pod), 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${why}`);
}
