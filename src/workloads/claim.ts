import { isNotFound, isReason } from '../api/errors.ts';
import type { Kind } from '../api/kind.ts';
import { matchesLabels } from '../api/label-selector.ts';
import type { LabelRequirement } from '../api/label-requirement.ts';
import type { KubeObject } from '../api/meta.ts';
import type { Context } from '../client/controller.ts';
import { messageOf } from './error-message.ts';
import { controllerOf, controllerReference } from './owner.ts';

export interface Claim<O extends KubeObject> {
  /** Of the objects. */
  readonly kind: Kind<O>;
  readonly owner: KubeObject;
  readonly ownerKind: Kind;
  readonly selector: readonly LabelRequirement[];
  /** What may be the owner's: its own, and those of the namespace that nobody controls. */
  readonly objects: readonly O[];
  /** Conditions beside the selector: a StatefulSet's pods also have its name. */
  readonly fits?: (object: O) => boolean;
  /** Put on what is adopted, so that it cannot go uncounted. */
  readonly finalizer?: string;
}

/**
 * Puts right who belongs to `owner`, and returns those: orphans that match its selector are adopted,
 * its own that no longer match are let go. An owner that is being deleted does neither. Before the
 * first adoption the owner is read afresh. Throws after all were tried, when one could not be
 * adopted or let go. Source: pkg/controller/controller_ref_manager.go.
 */
export async function claim<O extends KubeObject>(context: Pick<Context, 'client'>, wanted: Claim<O>): Promise<O[]> {
  const { owner, objects } = wanted;
  const claimed: O[] = [];
  const problems: Error[] = [];
  let ownerLives: Promise<void> | undefined;
  const recheck = () => (ownerLives ??= assertLives(context, wanted));
  for (const object of objects) {
    const is = standing(object, wanted);
    if (is === 'ours') claimed.push(object);
    if (is === 'foreign' || is === 'ours' || owner.metadata.deletionTimestamp !== undefined) continue;
    try {
      const adopted = is === 'orphan' ? await adopt(context, object, wanted, recheck) : await release(context, object, wanted);
      if (adopted) claimed.push(adopted);
    } catch (error) {
      problems.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  if (problems.length === 1) throw problems[0]!;
  if (problems.length > 1) throw new AggregateError(problems, `[${problems.map(messageOf).join(', ')}]`);
  return claimed;
}

/** Is it the owner's already, to be adopted, to be let go, or none of its business? */
export function standing<O extends KubeObject>(
  object: O,
  { owner, selector, fits }: Pick<Claim<O>, 'owner' | 'selector' | 'fits'>,
): 'ours' | 'orphan' | 'stray' | 'foreign' {
  const controller = controllerOf(object);
  if (controller && controller.uid !== owner.metadata.uid) return 'foreign';
  const matches = matchesLabels(selector, object.metadata.labels) && (fits?.(object) ?? true);
  if (controller) return matches ? 'ours' : 'stray';
  const adoptable = object.metadata.deletionTimestamp === undefined && object.metadata.namespace === owner.metadata.namespace;
  return matches && adoptable ? 'orphan' : 'foreign';
}

/** The informer may not know yet that the owner is going, or is another one by now: then nothing may be adopted. */
async function assertLives({ client }: Pick<Context, 'client'>, { owner, ownerKind }: Pick<Claim<KubeObject>, 'owner' | 'ownerKind'>) {
  const { namespace, name = '', uid } = owner.metadata;
  const { metadata: fresh } = await client.get(ownerKind, { namespace, name });
  if (fresh.uid !== uid) throw new Error(`original ${ownerKind.kind} ${namespace}/${name} is gone: got uid ${fresh.uid}, wanted ${uid}`);
  if (fresh.deletionTimestamp !== undefined) throw new Error(`${namespace}/${name} has just been deleted at ${fresh.deletionTimestamp}`);
}

/** Undefined when the object is gone by now. The uid in the patch makes sure that no namesake is taken. */
async function adopt<O extends KubeObject>(
  { client }: Pick<Context, 'client'>,
  object: O,
  { kind, owner, ownerKind, finalizer }: Claim<O>,
  recheck: () => Promise<void>,
): Promise<O | undefined> {
  const { namespace, name = '', uid } = object.metadata;
  try {
    await recheck();
  } catch (error) {
    throw new Error(`can't adopt ${kind.kind} ${namespace}/${name} (${uid}): ${messageOf(error)}`, { cause: error });
  }
  const patch = {
    metadata: { ownerReferences: [controllerReference(owner, ownerKind)], uid, ...(finalizer && { finalizers: [finalizer] }) },
  };
  try {
    return await client.patch(kind, { namespace, name }, 'strategic', patch);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Nothing to do when the object is gone, or Invalid: then it is a namesake, or has no owner any more. */
async function release<O extends KubeObject>(
  { client }: Pick<Context, 'client'>,
  object: O,
  { kind, owner }: Claim<O>,
): Promise<undefined> {
  const { namespace, name = '', uid } = object.metadata;
  const patch = { metadata: { ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }], uid } };
  try {
    await client.patch(kind, { namespace, name }, 'strategic', patch);
  } catch (error) {
    if (!isNotFound(error) && !isReason(error, 'Invalid')) throw error;
  }
  return undefined;
}
