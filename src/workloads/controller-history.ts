/**
 * What DaemonSets and StatefulSets were before: ControllerRevisions, each of which keeps one template.
 * Source: pkg/controller/history.
 */
import { isAlreadyExists, isNotFound } from '../api/errors.ts';
import type { ControllerRevision as ControllerRevisionObject } from '../api/generated/apps/v1.ts';
import type { PodTemplateSpec } from '../api/generated/core/v1.ts';
import type { Kind } from '../api/kind.ts';
import { ControllerRevision } from '../api/kinds/apps/controllerrevision.ts';
import type { KubeObject } from '../api/meta.ts';
import { semanticallyEqual } from '../api/semantic-equality.ts';
import type { Context } from '../client/controller.ts';
import { controllerReference } from './owner.ts';
import { canonicalText, safeHash } from './template-hash.ts';

/** The label that pods and revisions bear: a DaemonSet's hash, or the whole name of a StatefulSet's revision. */
export const revisionLabel = 'controller-revision-hash';

/** A strategic merge patch that gives its owner this template again: what `kubectl rollout undo` sends. */
export const templatePatch = (template: PodTemplateSpec) => ({ spec: { template: { ...template, $patch: 'replace' } } });

/** The template that a revision keeps; undefined where it keeps something else. */
export function templateOf({ data }: ControllerRevisionObject): PodTemplateSpec | undefined {
  const template = (data as Partial<ReturnType<typeof templatePatch>> | undefined)?.spec?.template;
  if (!template) return undefined;
  const { $patch: _, ...rest } = template;
  return rest;
}

export const keepsTemplate = ({ data }: ControllerRevisionObject, template: PodTemplateSpec): boolean =>
  semanticallyEqual(data, templatePatch(template));

/** Oldest first. */
export const inOrder = (revisions: readonly ControllerRevisionObject[]): ControllerRevisionObject[] =>
  revisions.toSorted((a, b) => a.revision - b.revision || compare(ageKey(a), ageKey(b)));

/** The number that follows those of `revisions`. */
export const nextRevision = (revisions: readonly ControllerRevisionObject[]): number =>
  Math.max(0, ...revisions.map(({ revision }) => revision)) + 1;

/** The oldest of those that nothing uses any more, beyond the `limit` youngest of them. A limit below 0 is none. */
export function surplus(
  revisions: readonly ControllerRevisionObject[],
  live: ReadonlySet<string>,
  limit: number,
): ControllerRevisionObject[] {
  if (limit < 0) return [];
  const idle = inOrder(revisions).filter(({ metadata }) => !live.has(metadata.name ?? ''));
  return idle.slice(0, Math.max(0, idle.length - limit));
}

/** Short, and the same for the same template; another one for each collision. */
export const revisionHash = (template: PodTemplateSpec, collisionCount: number): string =>
  safeHash(canonicalText(templatePatch(template)) + (collisionCount > 0 ? String(collisionCount) : ''));

export interface NewRevision {
  readonly owner: KubeObject;
  readonly ownerKind: Kind;
  readonly template: PodTemplateSpec;
  readonly revision: number;
  /** The label of the revision that bears its hash; a StatefulSet's is another than a DaemonSet's. */
  readonly hashLabel: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the owner's status. */
  readonly collisionCount: number;
}

/** `<owner>-<hash>`, the owner's name cut where it would be too long. */
export function newRevision(wanted: NewRevision): ControllerRevisionObject {
  const { owner, ownerKind, template, revision, hashLabel, annotations, collisionCount } = wanted;
  const hash = revisionHash(template, collisionCount);
  return {
    metadata: {
      name: `${(owner.metadata.name ?? '').slice(0, maxPrefix)}-${hash}`,
      namespace: owner.metadata.namespace,
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      ...(annotations && { annotations }),
      ownerReferences: [controllerReference(owner, ownerKind)],
    },
    data: templatePatch(template),
    revision,
  };
}

/**
 * Makes the revision. Where one of that name is there already it is taken if it keeps the same, else
 * the collision count goes up until a name is free; it has to be written to the owner's status.
 */
export async function createRevision(
  { client }: Pick<Context, 'client'>,
  wanted: NewRevision,
): Promise<{ readonly revision: ControllerRevisionObject; readonly collisionCount: number }> {
  let collisionCount = wanted.collisionCount;
  for (;;) {
    const fresh = newRevision({ ...wanted, collisionCount });
    try {
      return { revision: await client.create(ControllerRevision, fresh), collisionCount };
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const { namespace, name = '' } = fresh.metadata;
      const existing = await client.get(ControllerRevision, { namespace, name });
      if (semanticallyEqual(existing.data, fresh.data)) return { revision: existing, collisionCount };
      collisionCount++;
    }
  }
}

/** An older revision becomes the newest: a rollback. */
export const renumber = (
  { client }: Pick<Context, 'client'>,
  revision: ControllerRevisionObject,
  number: number,
): Promise<ControllerRevisionObject> => client.update(ControllerRevision, { ...revision, revision: number });

export async function deleteRevisions({ client }: Pick<Context, 'client'>, revisions: readonly ControllerRevisionObject[]): Promise<void> {
  for (const { metadata } of revisions) {
    try {
      await client.delete(ControllerRevision, { namespace: metadata.namespace, name: metadata.name! });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** What is left of 253 characters for the owner's name beside a dash and a hash, as upstream counts. */
const maxPrefix = 223;

const ageKey = ({ metadata }: ControllerRevisionObject): string => `${metadata.creationTimestamp ?? ''}/${metadata.name ?? ''}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
