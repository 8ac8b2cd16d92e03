import { cloneJson } from '../../codec/clone-json.ts';
import type { ApiResult, DeleteOptions } from '../../api/call.ts';
import { applySchemaDefaults, decodeBody } from '../../api/decode.ts';
import type { Draft } from '../../api/draft.ts';
import { ApiError, badRequest, conflict, isConflict, notFound } from '../../api/errors.ts';
import type { Pod as PodType } from '../../api/generated/core/v1.ts';
import type { Eviction } from '../../api/generated/policy/v1.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { schemaOf } from '../../api/schemas.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { Admission, admissionRequest } from './admission.ts';
import { answerSuccess } from './answer.ts';
import { changeObject } from './change.ts';
import { deleteObject } from './delete.ts';
import { spendBudget, stillProcessed } from './disruption-budget.ts';
import { setPodCondition } from './pod-condition.ts';
import { groupResourceOf, type RequestTo, type ResourceRequest } from './request.ts';
import type { WriteDeps } from './write-deps.ts';
import { checkWriteOptions, isDryRun } from './write-options.ts';

export interface EvictionDeps extends WriteDeps {
  readonly storageOf: (kind: Kind) => ResourceStorage;
}

const evictionType = {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  schema: () => schemaOf('io.k8s.api.policy.v1.Eviction'),
};

/** Upstream tries so often to delete a pod that others are changing. */
const tries = 20;

/** Deletes a pod if its disruption budget allows that. Upstream's EvictionREST. */
export async function createEviction(request: RequestTo<'create'>, deps: EvictionDeps): Promise<ApiResult> {
  const { call, name } = request;
  const createOptions = call.options ?? {};
  checkWriteOptions('CreateOptions', createOptions);
  const eviction = readEviction(request);
  const admitted = admissionRequest(request, { operation: 'CREATE', object: eviction, dryRun: isDryRun(createOptions) });
  await deps.admission.mutate(admitted);
  if (eviction.metadata.name !== name) throw badRequest('name in URL does not match name in Eviction object');
  const options = deleteOptionsOf(eviction, createOptions.dryRun ?? []);
  await deps.admission.validate(admitted);
  // Admitted is the eviction; what it does to pod and budget is not asked again.
  await evict(request, options, { ...deps, admission: new Admission([]) });
  return answerSuccess(undefined, 201);
}

function readEviction({ call, context, namespace }: RequestTo<'create'>): Draft<Eviction> {
  const { object, warnings } = decodeBody(call.body, evictionType, call.options?.fieldValidation);
  context.warnings.push(...warnings);
  applySchemaDefaults(object, evictionType.schema());
  const { metadata } = object;
  metadata.namespace ||= namespace;
  if (metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return object;
}

/** A dry run may be asked for by the request, by the eviction, or by both alike. */
function deleteOptionsOf({ deleteOptions = {} }: Eviction, requested: readonly string[]): DeleteOptions {
  const own = deleteOptions.dryRun ?? [];
  if (own.length === 0) return { ...deleteOptions, ...(requested.length > 0 && { dryRun: requested }) };
  if (requested.length > 0 && own.join() !== requested.join())
    throw new ApiError(500, '', `Non-matching dry-run options in request and content: [${requested.join(' ')}] and [${own.join(' ')}]`);
  return deleteOptions;
}

async function evict(request: ResourceRequest, options: DeleteOptions, deps: EvictionDeps): Promise<void> {
  const pod = await deleteUnguarded(request, options, deps);
  if (!pod) return;
  const { budget, unhealthy } = await spendBudget(request, pod, isDryRun(options), deps);
  // A pod that has become healthy since then would be counted.
  const pinned = unhealthy ? atRevisionOf(pod, options) : options;
  try {
    await markAndDelete(request, pinned, deps);
  } catch (error) {
    if (isConflict(error) && unhealthy && !namesRevision(options)) throw stillProcessed(budget);
    throw error;
  }
}

/** Deletes a pod that no budget guards; a guarded one is answered instead. */
async function deleteUnguarded(request: ResourceRequest, options: DeleteOptions, deps: EvictionDeps): Promise<PodType | undefined> {
  for (let left = tries; ; left--) {
    const pod = await readPod(request);
    if (!isUnguarded(pod)) return pod;
    try {
      const pinned = isOver(pod) || namesRevision(options) ? options : atRevisionOf(pod, options);
      await markAndDelete(request, pinned, deps);
      return undefined;
    } catch (error) {
      if (!isConflict(error) || namesRevision(options) || left === 1) throw error;
    }
  }
}

async function readPod(request: ResourceRequest): Promise<PodType> {
  const { kind, storage, namespace, name } = request;
  const pod = await storage.get(storage.keyOf(namespace, name));
  if (!pod) throw notFound(groupResourceOf(request), name);
  return pod.as(kind).object as PodType;
}

/** The disruption is there already, or the pod has done nothing yet. */
const isUnguarded = (pod: PodType): boolean => isOver(pod) || pod.status?.phase === 'Pending';

const isOver = ({ metadata, status }: PodType): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed' || metadata.deletionTimestamp !== undefined;

const namesRevision = ({ preconditions }: DeleteOptions): boolean => preconditions?.resourceVersion !== undefined;

const atRevision = (options: DeleteOptions, resourceVersion: string): DeleteOptions => ({
  ...options,
  preconditions: { ...options.preconditions, resourceVersion },
});

const atRevisionOf = ({ metadata }: PodType, options: DeleteOptions): DeleteOptions => atRevision(options, metadata.resourceVersion ?? '');

/** The pod says why it goes before it goes. */
async function markAndDelete(request: ResourceRequest, options: DeleteOptions, deps: EvictionDeps): Promise<void> {
  if (isDryRun(options)) {
    await deleteObject(request, options, deps);
    return;
  }
  const marked = await changeObject(
    request,
    {
      subresource: 'status',
      manager: '',
      dryRun: false,
      // The condition is the server's own and nobody's to manage.
      tracked: true,
      next: (current) => {
        checkPreconditions(current, options);
        const pod = cloneJson(current) as Draft<PodType>;
        // Others may change the pod meanwhile, unless the options say otherwise.
        delete pod.metadata.resourceVersion;
        setPodCondition(pod, disruptionTarget, deps.clock.now());
        return pod;
      },
    },
    deps,
  );
  await deleteObject(request, namesRevision(options) ? atRevision(options, String(marked.revision)) : options, deps);
}

const disruptionTarget = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
};

function checkPreconditions({ metadata }: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const refuse = (what: string, wanted: string, found: string | undefined, then: string) =>
    conflict(
      { group: '', resource: 'Pod' },
      metadata.name ?? '',
      `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found ?? ''}). The object might have been ${then}`,
    );
  if (uid && uid !== metadata.uid) throw refuse('UID', uid, metadata.uid, 'deleted and then recreated');
  if (resourceVersion && resourceVersion !== metadata.resourceVersion)
    throw refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified');
}
