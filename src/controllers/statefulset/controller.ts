import type { StatefulSet as StatefulSetObject } from '../../api/generated/apps/v1.ts';
import type { PersistentVolumeClaim as ClaimObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { ControllerRevision } from '../../api/kinds/apps/controllerrevision.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { PersistentVolumeClaim } from '../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { matchesLabels, selectorOf } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/meta.ts';
import { availableInMs } from '../../api/pods/pod-state.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { defineController, watchOf, type After, type Context } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { claim } from '../../workloads/claim.ts';
import { controllerOf } from '../../workloads/owner.ts';
import { membersOf } from './members.ts';
import { ordinalOf } from './ordinals.ts';
import { revisionsOf, truncate, type Revisions } from './revisions.ts';
import { podsToUpdate } from './rolling-update.ts';
import { deleteForUpdate, scale } from './scaling.ts';
import { statusOf, written } from './status.ts';

/**
 * Keeps pods that have a name, a place in the order, and claims of their own. An ordinal has one name,
 * so there are never two pods of one ordinal. Source: pkg/controller/statefulset.
 */
export const statefulSetController = defineController({
  name: 'statefulset-controller',
  for: StatefulSet,
  owns: [Pod],
  watches: [
    watchOf(Pod, setsForOrphan),
    watchOf(ControllerRevision, setsForOrphan),
    // Claims that come and go: a pod may wait for the end of one, and for another to be made.
    watchOf(PersistentVolumeClaim, setsOfClaim, () => true),
  ],
  async reconcile(set, context): Promise<After> {
    const pods = await ownPods(set, context);
    const revisions = await revisionsOf(set, context);
    try {
      if (set.metadata.deletionTimestamp === undefined) await perform(set, pods, revisions, context);
    } finally {
      await writeStatus(set, pods, revisions, context);
    }
    await truncate(set, pods, revisions, context);
    return untilAvailable(set, pods, context);
  },
});

async function perform(set: StatefulSetObject, pods: readonly PodObject[], revisions: Revisions, context: Context): Promise<void> {
  const nowMs = context.env.clock.now();
  const members = membersOf(set, pods, revisions, nowMs);
  const isSettled = await scale(set, members, context);
  if (isSettled) await deleteForUpdate(set, podsToUpdate(set, members.replicas, revisions.update.metadata.name!, nowMs), context);
}

const ownPods = (set: StatefulSetObject, context: Context): Promise<PodObject[]> =>
  claim(context, {
    kind: Pod,
    owner: set,
    ownerKind: StatefulSet,
    selector: selectorOf(set.spec.selector),
    objects: [...context.owned(Pod, set), ...context.orphans(Pod, set.metadata.namespace ?? '')],
    fits: (pod) => ordinalOf(pod, set) !== undefined,
  });

/** Whoever may adopt what nobody controls. */
function setsForOrphan(object: KubeObject, { list }: Context): string[] {
  if (controllerOf(object)) return [];
  return list(StatefulSet, object.metadata.namespace)
    .filter(({ spec }) => matchesLabels(selectorOf(spec.selector), object.metadata.labels))
    .map(keyOf);
}

function setsOfClaim({ metadata: { name = '', namespace } }: ClaimObject, { list }: Context): string[] {
  const owns = ({ metadata, spec }: StatefulSetObject) =>
    (spec.volumeClaimTemplates ?? []).some((template) => name.startsWith(`${template.metadata.name}-${metadata.name}-`));
  return list(StatefulSet, namespace).filter(owns).map(keyOf);
}

async function writeStatus(set: StatefulSetObject, pods: readonly PodObject[], revisions: Revisions, context: Context): Promise<void> {
  const status = written(statusOf(set, pods, revisions, context.env.clock.now()));
  if (!semanticallyEqual(status, set.status)) await context.client.updateStatus(StatefulSet, { ...set, status });
}

/** Nothing tells of a ready pod that it has become available: that is a matter of time. */
function untilAvailable({ spec }: StatefulSetObject, pods: readonly PodObject[], { env }: Context): After {
  const waits = pods.map((pod) => availableInMs(pod, spec.minReadySeconds ?? 0, env.clock.now()) ?? 0).filter((waitMs) => waitMs > 0);
  return waits.length > 0 ? { requeueAfterMs: Math.min(...waits) } : undefined;
}
