import type { ControllerRevision as ControllerRevisionObject, DaemonSet as DaemonSetObject } from '../../api/generated/apps/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { ControllerRevision } from '../../api/kinds/apps/controllerrevision.ts';
import { DaemonSet } from '../../api/kinds/apps/daemonset.ts';
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
  revisionLabel,
} from '../../workloads/controller-history.ts';
import { hashOf } from './daemon-pod.ts';

export interface History {
  /** What the set's template is kept in. */
  readonly current: ControllerRevisionObject;
  /** What its pods bear as their label. */
  readonly hash: string;
  /** Oldest first. */
  readonly old: readonly ControllerRevisionObject[];
  readonly collisionCount: number;
}

/** Makes a revision for a new template, or takes up the one that had it before (a rollback). */
export async function historyOf(set: DaemonSetObject, context: Context): Promise<History> {
  const revisions = inOrder(await ownRevisions(set, context));
  const isCurrent = (revision: ControllerRevisionObject) => keepsTemplate(revision, set.spec.template);
  const known = revisions.findLast(isCurrent);
  const old = revisions.filter((revision) => !isCurrent(revision));
  const collisionCount = set.status?.collisionCount ?? 0;
  if (!known) {
    const made = await createRevision(context, {
      owner: set,
      ownerKind: DaemonSet,
      template: set.spec.template,
      revision: nextRevision(old),
      hashLabel: revisionLabel,
      ...(set.metadata.annotations && { annotations: set.metadata.annotations }),
      collisionCount,
    });
    return { current: made.revision, hash: hashOfRevision(made.revision), old, collisionCount: made.collisionCount };
  }
  const number = nextRevision(old);
  const current = known.revision < number ? await renumber(context, known, number) : known;
  return { current, hash: hashOfRevision(current), old, collisionCount };
}

/** Drops the oldest beyond `spec.revisionHistoryLimit`, never one that a pod is of. */
export async function truncate(set: DaemonSetObject, pods: readonly PodObject[], { old }: History, context: Context): Promise<void> {
  const excess = old.length - (set.spec.revisionHistoryLimit ?? 10);
  if (excess <= 0) return;
  const live = new Set(pods.map(hashOf));
  await deleteRevisions(context, old.filter((revision) => !live.has(hashOfRevision(revision))).slice(0, excess));
}

const hashOfRevision = ({ metadata }: ControllerRevisionObject): string => metadata.labels?.[revisionLabel] ?? '';

const ownRevisions = (set: DaemonSetObject, context: Context): Promise<ControllerRevisionObject[]> =>
  claim(context, {
    kind: ControllerRevision,
    owner: set,
    ownerKind: DaemonSet,
    selector: selectorOf(set.spec.selector),
    objects: [...context.owned(ControllerRevision, set), ...context.orphans(ControllerRevision, set.metadata.namespace ?? '')],
  });
