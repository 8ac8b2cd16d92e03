import type { ApiResult } from '../../api/call.ts';
import { isNotFound } from '../../api/errors.ts';
import { listKindOf } from '../../api/kind.ts';
import { apiVersionOf } from '../../api/meta.ts';
import type { StoredObject } from '../cache/stored-object.ts';
import { deleteOptionsOf } from './delete-options.ts';
import { deleteObject } from './delete.ts';
import { readPage } from './list.ts';
import type { RequestTo } from './request.ts';
import { selectionOf } from './selection.ts';
import type { WriteDeps } from './write-deps.ts';

/** Deletions under way at the same time: enough to fill a group commit, few enough to leave room for others. */
const atOnce = 32;

/** Deletes each object that the list options select; answers with the list of them. */
export async function deleteCollection(request: RequestTo<'deletecollection'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, kind, storage, namespace } = request;
  const options = deleteOptionsOf(call);
  const list = call.list ?? {};
  const page = await readPage(storage, kind, selectionOf(kind, namespace, list), list);
  const deleted: StoredObject[] = [];
  const queue = page.objects.values();
  const work = async () => {
    for (const { namespace: within, name } of queue) {
      try {
        const one = { ...request, name, ...(kind.namespaced && { namespace: within }) };
        deleted.push((await deleteObject(one, options, deps)).object);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, page.objects.length) }, work));
  return {
    type: 'list',
    of: kind,
    list: {
      apiVersion: apiVersionOf(kind),
      kind: listKindOf(kind),
      metadata: { resourceVersion: String(page.revision), ...(page.continue && { continue: page.continue }) },
      items: deleted.map((object) => object.as(kind)),
    },
  };
}
