import type { ControllerRevision as ControllerRevisionObject, StatefulSet as StatefulSetObject } from '../../api/generated/apps/v1.ts';
import type { Pod, PodTemplateSpec } from '../../api/generated/core/v1.ts';
import { ControllerRevision } from '../../api/kinds/apps/controllerrevision.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { selectorOf } from '../../api/label-selector.ts';
import type { Context } from '../../client/controller.ts';
import { claim } from '../../workloads/claim.ts';
import {
  createRevision,
  deleteRevisions,
  inOrder,
  keepsTemplate,
  nextRevision,
  renumber,
  surplus,
  templateOf,
} from '../../workloads/controller-history.ts';
import { revisionOf } from './pod-identity.ts';

/** Where the set comes from and where it goes; the same revision when no update is under way. */
export interface Revisions {
  readonly current: ControllerRevisionObject;
  readonly update: ControllerRevisionObject;
  readonly collisionCount: number;
  /** All that the set has, oldest first. */
  readonly history: readonly ControllerRevisionObject[];
}

/** Makes a revision for a new template, or takes up the one that had it before (a rollback). */
export async function revisionsOf(set: StatefulSetObject, context: Context): Promise<Revisions> {
  const history = inOrder(await ownRevisions(set, context));
  const { update, collisionCount } = await updateRevision(set, history, context);
  const current = history.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
  return { current, update, collisionCount, history };
}

/** Drops revisions beyond `spec.revisionHistoryLimit`, never one that a pod is of. */
export async function truncate(set: StatefulSetObject, pods: readonly Pod[], revisions: Revisions, context: Context): Promise<void> {
  const { current, update, history } = revisions;
  const live = new Set([current, update].map(({ metadata }) => metadata.name ?? '').concat(pods.map(revisionOf)));
  await deleteRevisions(context, surplus(history, live, set.spec.revisionHistoryLimit ?? 10));
}

/** The template of the revision; what it does not keep is the set's. */
export const restored = (set: StatefulSetObject, revision: ControllerRevisionObject): PodTemplateSpec =>
  templateOf(revision) ?? set.spec.template;

const ownRevisions = (set: StatefulSetObject, context: Context): Promise<ControllerRevisionObject[]> =>
  claim(context, {
    kind: ControllerRevision,
    owner: set,
    ownerKind: StatefulSet,
    selector: selectorOf(set.spec.selector),
    objects: [...context.owned(ControllerRevision, set), ...context.orphans(ControllerRevision, set.metadata.namespace ?? '')],
  });

async function updateRevision(set: StatefulSetObject, history: readonly ControllerRevisionObject[], context: Context) {
  const collisionCount = set.status?.collisionCount ?? 0;
  const { template } = set.spec;
  const equal = history.findLast((revision) => keepsTemplate(revision, template));
  if (equal && equal === history.at(-1)) return { update: equal, collisionCount };
  if (equal) return { update: await renumber(context, equal, nextRevision(history)), collisionCount };
  const made = await createRevision(context, {
    owner: set,
    ownerKind: StatefulSet,
    template,
    revision: nextRevision(history),
    hashLabel: 'controller.kubernetes.io/hash',
    // Among them is what `kubectl rollout history` shows as the cause of the change.
    ...(set.metadata.annotations && { annotations: set.metadata.annotations }),
    collisionCount,
  });
  return { update: made.revision, collisionCount: made.collisionCount };
}
