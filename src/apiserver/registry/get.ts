import type { ApiResult } from '../../api/call.ts';
import { notFound } from '../../api/errors.ts';
import { storageError } from '../storage/storage-error.ts';
import { groupResourceOf, type ResourceRequest, type RequestTo } from './request.ts';
import { futureRevisionWaitMs, parseRevision, tooLargeResourceVersion } from './resource-version.ts';

export async function get(request: RequestTo<'get'>): Promise<ApiResult> {
  const { call, kind, storage, namespace, name } = request;
  const key = storage.keyOf(namespace, name);
  const wanted = parseRevision(call.options?.resourceVersion);
  if (wanted > 0) await atLeast(request, wanted);
  const object = await storage.get(key);
  if (!object) throw notFound(groupResourceOf(request), name);
  return { type: 'object', code: 200, of: kind, value: object.as(kind) };
}

async function atLeast({ storage }: ResourceRequest, revision: number): Promise<void> {
  const reached = await storage.cache.reaches(revision, futureRevisionWaitMs).catch((error: unknown) => {
    throw storageError(error);
  });
  if (!reached) throw tooLargeResourceVersion(revision, storage.cache.revision);
}
