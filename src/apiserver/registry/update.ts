import { cloneJson } from '../../codec/clone-json.ts';
import type { ApiResult } from '../../api/call.ts';
import { isNotFound } from '../../api/errors.ts';
import { answerObject } from './answer.ts';
import { changeObject } from './change.ts';
import { createObject } from './create.ts';
import { incoming, managerOf } from './incoming.ts';
import type { RequestTo } from './request.ts';
import type { WriteDeps } from './write-deps.ts';
import { checkWriteOptions, isDryRun } from './write-options.ts';

/** PUT on an object, its status, or another subresource that updates it. */
export async function update(request: RequestTo<'update'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, kind } = request;
  const options = call.options ?? {};
  checkWriteOptions('UpdateOptions', options);
  const subresource = call.resource.subresource ?? '';
  const object = incoming(request, call.body, options);
  const manager = managerOf(request, options);
  const dryRun = isDryRun(options);
  try {
    const changed = await changeObject(request, { subresource, manager, dryRun, tracked: false, next: () => cloneJson(object) }, deps);
    return answerObject(kind, changed);
  } catch (error) {
    if (!isNotFound(error) || subresource !== '' || !kind.strategy.createOnUpdate) throw error;
    return answerObject(kind, await createObject(request, object, manager, dryRun, deps), 201);
  }
}
