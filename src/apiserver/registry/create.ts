import { cloneJson } from '../../codec/clone-json.ts';
import type { ApiResult } from '../../api/call.ts';
import type { Draft } from '../../api/draft.ts';
import { alreadyExists, badRequest, invalidObject, ApiError } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import { trackUpdate } from '../../api/managed-fields/track-update.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta.ts';
import { validateMetadata } from '../../api/validation/metadata.ts';
import { convertToStored, type StoredObject } from '../cache/stored-object.ts';
import { admissionRequest } from './admission.ts';
import { answerObject } from './answer.ts';
import { generatedName } from './generated-name.ts';
import { countsGeneration, hasStatus, setStatus, timestampOf } from './object-parts.ts';
import { incoming, managerOf } from './incoming.ts';
import { afterAdmission, dropRepeatedOwners } from './owner-references.ts';
import { groupResourceOf, type ResourceRequest, type RequestTo } from './request.ts';
import { hookOf, ttlSecondsOf, type WriteDeps } from './write-deps.ts';
import { checkWriteOptions, isDryRun } from './write-options.ts';

/** Upstream tries so often to find a generated name that is free. */
const nameTries = 8;

export async function create(request: RequestTo<'create'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, kind, namespace } = request;
  const options = call.options ?? {};
  checkWriteOptions('CreateOptions', options);
  if (kind.namespaced && namespace === undefined) throw badRequest('an empty namespace may not be set during creation');
  const object = incoming(request, call.body, options);
  return answerObject(kind, await createObject(request, object, managerOf(request, options), isDryRun(options), deps), 201);
}

/** Takes a decoded and defaulted object all the way into the store. `tracked`: its managedFields are done already. */
export async function createObject(
  request: ResourceRequest,
  object: Draft<KubeObject>,
  manager: string,
  dryRun: boolean,
  deps: WriteDeps,
  tracked = false,
): Promise<StoredObject> {
  const { metadata } = object;
  const generated = !metadata.name && metadata.generateName ? metadata.generateName : undefined;
  for (let left = generated === undefined ? 1 : nameTries; ; left--) {
    // Each try begins with the object as it came: admission and reservations must not pile up.
    const attempt = left > 1 ? cloneJson(object) : object;
    if (generated !== undefined) attempt.metadata.name = generatedName(generated, deps.rng);
    try {
      return await attemptCreate(request, attempt, manager, dryRun, deps, tracked);
    } catch (error) {
      if (left === 1 || !(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    }
  }
}

async function attemptCreate(
  request: ResourceRequest,
  object: Draft<KubeObject>,
  manager: string,
  dryRun: boolean,
  deps: WriteDeps,
  tracked: boolean,
): Promise<StoredObject> {
  const { kind, storage, context } = request;
  const nowMs = deps.clock.now();
  fillMetadata(kind, object, nowMs, deps);
  const owned = tracked ? object : trackCreation(request, object, manager, nowMs);
  const admitted = admissionRequest(request, { operation: 'CREATE', object: owned, dryRun });
  await deps.admission.mutate(admitted);
  dropRepeatedOwners(owned, context.warnings, afterAdmission);
  prepare(kind, owned, request, nowMs);
  const reservation = await hookOf(deps, kind)?.beforeWrite(owned, undefined, dryRun);
  try {
    validate(kind, owned);
    context.warnings.push(...(kind.strategy.warnings?.(owned) ?? []));
    await deps.admission.validate(admitted);
    const { name = '', namespace } = owned.metadata;
    const key = storage.keyOf(namespace, name);
    const stored = convertToStored(kind, owned);
    if (dryRun) {
      if (await storage.get(key)) throw alreadyExists(groupResourceOf(request), name);
      reservation?.release();
      return storage.preview(key, stored, 0);
    }
    const result = await storage.create(key, stored, ttlSecondsOf(deps, kind));
    if ('found' in result) throw alreadyExists(groupResourceOf(request), name);
    reservation?.commit();
    return result.done;
  } catch (error) {
    reservation?.release();
    throw error;
  }
}

/** What the server alone says of a new object (apiserver's rest.BeforeCreate). */
function fillMetadata(kind: Kind, { metadata }: Draft<KubeObject>, nowMs: number, { crypto }: WriteDeps): void {
  if (metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  delete metadata.resourceVersion;
  delete metadata.selfLink;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  if (!metadata.generateName) delete metadata.generateName;
  metadata.uid = crypto.uuid();
  metadata.creationTimestamp = timestampOf(nowMs);
  if (countsGeneration(kind)) metadata.generation = 1;
  else delete metadata.generation;
}

function trackCreation(request: ResourceRequest, object: Draft<KubeObject>, manager: string, nowMs: number): Draft<KubeObject> {
  const { kind } = request;
  return trackUpdate({
    live: undefined,
    next: object,
    schema: kind.schema(),
    manager,
    apiVersion: apiVersionOf(kind),
    nowMs,
    ignoredFields: hasStatus(kind) && !kind.strategy.statusOnCreate ? [['status']] : [],
  });
}

function prepare(kind: Kind, object: Draft<KubeObject>, { context }: ResourceRequest, nowMs: number): void {
  if (hasStatus(kind) && !kind.strategy.statusOnCreate) setStatus(kind, object, undefined);
  kind.strategy.prepareForCreate?.(object, { user: context.user, nowMs });
}

function validate(kind: Kind, object: KubeObject): void {
  const { strategy } = kind;
  const problems = [
    ...validateMetadata(kind, object),
    ...(strategy.validate?.(object) ?? []),
    ...(strategy.validateCreate?.(object) ?? []),
  ];
  if (problems.length > 0) throw invalidObject(kind, object.metadata.name ?? '', problems);
}
