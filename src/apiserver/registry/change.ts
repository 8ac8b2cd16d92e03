import type { Draft } from '../../api/draft.ts';
import { conflict, invalidObject, notFound, staleObject } from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { trackUpdate } from '../../api/managed-fields/track-update.ts';
import { withoutTimestampNoise } from '../../api/managed-fields/timestamps.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { validateMetadata, validateMetadataUpdate } from '../../api/validation/metadata.ts';
import { invalid } from '../../api/field-error.ts';
import { convertToStored, type StoredObject } from '../cache/stored-object.ts';
import { admissionRequest } from './admission.ts';
import { isReleased } from './deletion.ts';
import { changesGeneration, countsGeneration, hasStatus, keepAllButStatus, setStatus, statusOf } from './object-parts.ts';
import { afterAdmission, dropRepeatedOwners } from './owner-references.ts';
import { groupResourceOf, type ResourceRequest } from './request.ts';
import { hookOf, ttlSecondsOf, type WriteDeps } from './write-deps.ts';

/** A change of one object: how its next state comes of the current one, and who answers for it. */
export interface Change {
  /** '' for the object itself, `status`, or another subresource that updates it. */
  readonly subresource: string;
  readonly manager: string;
  readonly dryRun: boolean;
  /** Called again for each try. What it answers is decoded and defaulted, and of its own: nothing of `current` that may be changed. */
  readonly next: (current: KubeObject) => Draft<KubeObject>;
  /** `next` has done the managedFields already (apply). */
  readonly tracked: boolean;
}

/**
 * How often a change without a resourceVersion is made again because somebody else was quicker. Each
 * time one of the others is done, so that a crowd of fewer ends without a conflict; upstream goes on
 * until the request's time is over.
 */
const tries = 1000;

/** Carries a change through admission, validation and the store. Rejects with 404 where there is no object. */
export async function changeObject(request: ResourceRequest, change: Change, deps: WriteDeps): Promise<StoredObject> {
  const { storage, namespace, name } = request;
  const key = storage.keyOf(namespace, name);
  let current = await storage.get(key);
  for (let left = tries; left > 0; left--) {
    if (!current) throw notFound(groupResourceOf(request), name);
    const result = await tryChange(request, current, change, deps);
    if ('done' in result) return result.done;
    current = result.found;
  }
  throw conflict(groupResourceOf(request), name, staleObject);
}

type Tried = { readonly done: StoredObject } | { readonly found: StoredObject | undefined };

async function tryChange(request: ResourceRequest, current: StoredObject, change: Change, deps: WriteDeps): Promise<Tried> {
  const { kind, storage, context } = request;
  const { dryRun } = change;
  const old = current.as(kind).object;
  const next = change.next(old);
  checkPreconditions(request, next, current, change);
  const nowMs = deps.clock.now();
  const write = { user: context.user, nowMs };

  fillMetadata(next, old);
  keepWhatIsNotWritten(request, next, old, change.subresource, write);
  const tracked = change.tracked ? next : track(request, next, old, change, nowMs);
  const admitted = admissionRequest(request, { operation: 'UPDATE', object: tracked, old, dryRun });
  await deps.admission.mutate(admitted);
  dropRepeatedOwners(tracked, context.warnings, afterAdmission);
  prepare(request, tracked, old, change.subresource, write);
  const reservation = change.subresource === '' ? await hookOf(deps, kind)?.beforeWrite(tracked, old, dryRun) : undefined;
  try {
    if (countsGeneration(kind) && change.subresource !== 'status' && changesGeneration(kind, tracked, old))
      tracked.metadata.generation = (old.metadata.generation ?? 0) + 1;
    refuseInvalid(request, tracked, old, change.subresource);
    if (change.subresource === '') context.warnings.push(...(kind.strategy.warnings?.(tracked, old) ?? []));
    await deps.admission.validate(admitted);

    const quiet = withoutTimestampNoise(tracked, old);
    const finished = isReleased(kind, quiet);
    if (!finished && semanticallyEqual(quiet, old)) {
      reservation?.release();
      return { done: current };
    }
    const stored = convertToStored(kind, quiet);
    if (dryRun) {
      reservation?.release();
      return { done: storage.preview(current.key, stored, current.revision) };
    }
    // What was only waiting for this goes now, in its last state.
    const result = finished
      ? await storage.remove(current)
      : await storage.update(current.key, current.revision, stored, ttlSecondsOf(deps, kind));
    if ('found' in result) {
      reservation?.release();
      return { found: result.found };
    }
    reservation?.commit();
    if (finished) hookOf(deps, kind)?.afterDelete(old);
    return { done: finished ? storage.preview(current.key, stored, result.done.revision) : result.done };
  } catch (error) {
    reservation?.release();
    throw error;
  }
}

/**
 * A resourceVersion in the next state is the one that the caller saw: it must still be the current
 * one, also when the change is tried again. What a patch makes carries the current one by itself.
 */
function checkPreconditions(request: ResourceRequest, next: Draft<KubeObject>, current: StoredObject, { subresource }: Change): void {
  const { kind, name } = request;
  const { uid, resourceVersion } = next.metadata;
  const live = current.object.metadata;
  if (uid && uid !== live.uid)
    throw conflict(groupResourceOf(request), name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.uid}`);
  if (resourceVersion && resourceVersion !== '0') {
    if (resourceVersion !== String(current.revision)) throw conflict(groupResourceOf(request), name, staleObject);
  } else if (kind.strategy.unconditionalUpdate === false && subresource === '') {
    throw invalidObject(kind, name, [invalid('metadata.resourceVersion', 0, 'must be specified for an update')]);
  }
}

/** What an update may leave out (apiserver's rest.BeforeUpdate). */
function fillMetadata({ metadata }: Draft<KubeObject>, { metadata: old }: KubeObject): void {
  metadata.uid ||= old.uid;
  metadata.creationTimestamp = old.creationTimestamp ?? metadata.creationTimestamp;
  if (old.deletionTimestamp !== undefined) {
    metadata.deletionTimestamp = old.deletionTimestamp;
    if (old.deletionGracePeriodSeconds !== undefined) metadata.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
  } else delete metadata.deletionTimestamp;
  metadata.resourceVersion = old.resourceVersion;
  delete metadata.selfLink;
  if (old.generation === undefined) delete metadata.generation;
  else metadata.generation = old.generation;
}

type Write = Parameters<NonNullable<ResourceRequest['kind']['strategy']['prepareForUpdate']>>[2];

function keepWhatIsNotWritten(
  { kind }: ResourceRequest,
  next: Draft<KubeObject>,
  old: KubeObject,
  subresource: string,
  write: Write,
): void {
  if (subresource === 'status') keepAllButStatus(next, old);
  else if (subresource === '') {
    if (hasStatus(kind)) setStatus(kind, next, statusOf(old));
  } else kind.strategy.subresourceUpdates?.[subresource]?.prepare(next, old, write);
}

function track(
  { kind }: ResourceRequest,
  next: Draft<KubeObject>,
  old: KubeObject,
  { manager, subresource }: Change,
  nowMs: number,
): Draft<KubeObject> {
  return trackUpdate({
    live: old,
    next,
    schema: kind.schema(),
    manager,
    apiVersion: apiVersionOf(kind),
    subresource,
    nowMs,
    ignoredFields: subresource === 'status' ? [['spec']] : hasStatus(kind) && subresource === '' ? [['status']] : [],
  });
}

function prepare({ kind }: ResourceRequest, next: Draft<KubeObject>, old: KubeObject, subresource: string, write: Write): void {
  if (subresource === 'status') kind.strategy.prepareForStatusUpdate?.(next, old, write);
  else if (subresource === '') kind.strategy.prepareForUpdate?.(next, old, write);
}

function refuseInvalid({ kind, name }: ResourceRequest, next: KubeObject, old: KubeObject, subresource: string): void {
  const problems = [
    ...validateMetadata(kind, next),
    ...validateMetadataUpdate(kind, next, old),
    ...specialProblems(kind, next, old, subresource),
  ];
  if (problems.length > 0) throw invalidObject(kind, name, problems);
}

function specialProblems({ strategy }: ResourceRequest['kind'], next: KubeObject, old: KubeObject, subresource: string): FieldError[] {
  if (subresource === 'status') return strategy.validateStatusUpdate?.(next, old) ?? [];
  const special = subresource === '' ? undefined : strategy.subresourceUpdates?.[subresource];
  if (special) return special.validate?.(next, old) ?? [];
  return [...(strategy.validate?.(next) ?? []), ...(strategy.validateUpdate?.(next, old) ?? [])];
}
