import type { ApiResult, DeleteOptions } from '../../api/call.ts';
import { conflict, notFound } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { convertToStored, type StoredObject } from '../cache/stored-object.ts';
import { admissionRequest } from './admission.ts';
import { answerObject, answerSuccess } from './answer.ts';
import { deleteOptionsOf } from './delete-options.ts';
import { beginDeletion, isReleased } from './deletion.ts';
import { groupResourceOf, type RequestTo, type ResourceRequest } from './request.ts';
import { hookOf, ttlSecondsOf, type WriteDeps } from './write-deps.ts';
import { isDryRun } from './write-options.ts';

export async function deleteOne(request: RequestTo<'delete'>, deps: WriteDeps): Promise<ApiResult> {
  const { kind, name } = request;
  const options = deleteOptionsOf(request.call);
  const { gone, object } = await deleteObject(request, options, deps);
  if (gone && !returnsDeleted.has(`${kind.plural}.${kind.group}`))
    return answerSuccess({ name, ...(kind.group !== '' && { group: kind.group }), kind: kind.plural, uid: object.object.metadata.uid });
  return answerObject(kind, object, !gone && asksToWait(options) ? 202 : 200);
}

/** Upstream's ReturnDeletedObject: these answer with the object that was, others with a Status. */
const returnsDeleted: ReadonlySet<string> = new Set([
  'persistentvolumeclaims.',
  'persistentvolumes.',
  'pods.',
  'podtemplates.',
  'replicationcontrollers.',
  'resourcequotas.',
  'serviceaccounts.',
  'services.',
]);

/** Upstream answers so to the older option alone, lest clients break that know only 200. */
const asksToWait = ({ orphanDependents }: DeleteOptions): boolean => orphanDependents === false;

export interface Deleted {
  /** Gone for good, or on its way. */
  readonly gone: boolean;
  /** Its last state, or the state in which it waits. */
  readonly object: StoredObject;
}

/** Deletes one object, or marks it as going. Rejects with 404 where there is none. */
export async function deleteObject(request: ResourceRequest, options: DeleteOptions, deps: WriteDeps): Promise<Deleted> {
  const { storage, namespace, name } = request;
  const key = storage.keyOf(namespace, name);
  let current = await storage.get(key);
  for (;;) {
    if (!current) throw notFound(groupResourceOf(request), name);
    checkPreconditions(request, current, options);
    const result = await tryDelete(request, current, options, deps);
    if ('object' in result) return result;
    // Somebody was quicker; what is there now is asked anew.
    current = result.found;
  }
}

async function tryDelete(
  request: ResourceRequest,
  current: StoredObject,
  options: DeleteOptions,
  deps: WriteDeps,
): Promise<Deleted | { readonly found: StoredObject | undefined }> {
  const { kind, storage } = request;
  const old = current.as(kind).object;
  const dryRun = isDryRun(options);
  const admitted = admissionRequest(request, { operation: 'DELETE', old, dryRun });
  await deps.admission.mutate(admitted);
  await deps.admission.validate(admitted);
  const next = beginDeletion(kind, old, options, deps.clock.now());
  if (!next) return { gone: false, object: current };
  const gone = isReleased(kind, next);
  const stored = convertToStored(kind, next);
  if (dryRun) return { gone, object: gone ? current : storage.preview(current.key, stored, current.revision) };
  const result = gone
    ? await storage.remove(current)
    : await storage.update(current.key, current.revision, stored, ttlSecondsOf(deps, kind));
  if ('found' in result) return { found: result.found };
  if (gone) forget(kind, old, deps);
  return { gone, object: result.done };
}

function forget(kind: Kind, object: KubeObject, deps: WriteDeps): void {
  hookOf(deps, kind)?.afterDelete(object);
}

/** Upstream names the kind here where a resource would stand (rest.BeforeDelete). */
function checkPreconditions({ kind, name }: ResourceRequest, current: StoredObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions ?? {};
  const what = { group: kind.group, resource: kind.kind };
  const live = current.object.metadata;
  if (uid !== undefined && uid !== live.uid)
    throw conflict(
      what,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${live.uid}). The object might have been deleted and then recreated`,
    );
  if (resourceVersion !== undefined && resourceVersion !== live.resourceVersion)
    throw conflict(
      what,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${live.resourceVersion}). The object might have been modified`,
    );
}
