import type { PersistentVolumeClaim as ClaimObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isScheduled } from '../../api/pods/pod-state.ts';
import { claimsOf, ephemeralClaimName, isClaimOfPod } from '../../api/volumes/claims-of-pod.ts';
import { defineController, watchOf, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';

const finalizer = 'kubernetes.io/pvc-protection';

/** A claim that is to go stays while a pod mounts it. Source: volume/pvcprotection. */
export function claimProtectionController(): Controller {
  const lists = new LiveLists();
  return defineController({
    name: 'persistentvolumeclaim-protection-controller',
    for: PersistentVolumeClaim,
    watches: [watchOf(Pod, (pod) => claimsOf(pod).map((name) => `${pod.metadata.namespace}/${name}`), holdsAsBefore)],
    async reconcile(claim, context) {
      const { metadata } = claim;
      const finalizers = metadata.finalizers ?? [];
      const isHeld = finalizers.includes(finalizer);
      const keep = (next: readonly string[]) =>
        context.client.update(PersistentVolumeClaim, { ...claim, metadata: { ...metadata, finalizers: next } });
      if (metadata.deletionTimestamp === undefined) {
        // Made before there was the admission plugin.
        if (!isHeld) await keep([...finalizers, finalizer]);
      } else if (isHeld && !(await isUsed(claim, lists, context))) {
        await keep(finalizers.filter((one) => one !== finalizer));
      }
    },
  });
}

const holdsAsBefore = (old: PodObject, now: PodObject): boolean =>
  old.metadata.uid === now.metadata.uid &&
  old.spec.nodeName === now.spec.nodeName &&
  old.metadata.deletionGracePeriodSeconds === now.metadata.deletionGracePeriodSeconds;

async function isUsed(claim: ClaimObject, lists: LiveLists, context: Context): Promise<boolean> {
  if (context.podsWithClaim(keyOf(claim)).some((pod) => mounts(pod, claim))) return true;
  // A pod bound a moment ago may not have been heard of.
  const mounting = await lists.mayMount(claim, context);
  return mounting.some((pod) => mounts(pod, claim));
}

/** Only pods on a node mount anything, and no kubelet mounts a claim that is going. Those that have ended count until they are gone. */
function mounts(pod: PodObject, claim: ClaimObject): boolean {
  if (!isScheduled(pod)) return false;
  const name = claim.metadata.name!;
  return (pod.spec.volumes ?? []).some(
    (volume) =>
      volume.persistentVolumeClaim?.claimName === name ||
      (volume.ephemeral !== undefined && !isShutDown(pod) && ephemeralClaimName(pod, volume) === name && isClaimOfPod(claim, pod)),
  );
}

/** The kubelet is done with it; waiting for its end might be waiting for each other. */
const isShutDown = ({ metadata }: PodObject): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;

/** Pods as the server lists them; of the last list it keeps who mounted something, so that many claims that go at once need only one. */
class LiveLists {
  #last: { readonly namespace: string; readonly revision: number; readonly pods: readonly PodObject[] } | undefined;

  /** The pods of the claim's namespace that mount any claims, no older than the claim's deletion. */
  async mayMount({ metadata }: ClaimObject, { client }: Context): Promise<readonly PodObject[]> {
    const namespace = metadata.namespace!;
    const isRecent = this.#last?.namespace === namespace && this.#last.revision >= Number(metadata.resourceVersion);
    const last = isRecent ? this.#last! : undefined;
    // What an older list says to be used may have gone since.
    if (last && !last.pods.some((pod) => claimsOf(pod).includes(metadata.name!))) return last.pods;
    const list = await client.list(Pod, { namespace });
    const pods = list.items.filter((pod) => claimsOf(pod).length > 0);
    this.#last = { namespace, revision: Number(list.metadata.resourceVersion), pods };
    return pods;
  }
}
