import type { ApiResult, Body, PatchOptions } from '../../api/call.ts';
import type { Draft } from '../../api/draft.ts';
import { ApiError, badRequest, isNotFound, unsupportedMediaType } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import { applyConfiguration } from '../../api/managed-fields/apply-configuration.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta.ts';
import { applyJsonPatch, unknownPatchFields } from '../../api/patch/json-patch.ts';
import { applyMergePatch } from '../../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import { decodeBody } from '../../api/decode.ts';
import { text } from '../../codec/bytes.ts';
import { findDuplicateFields, JsonError, parseJson } from '../../codec/json.ts';
import { answerObject } from './answer.ts';
import { changeObject } from './change.ts';
import { createObject } from './create.ts';
import { applyDefaults, managerOf } from './incoming.ts';
import { hasStatus } from './object-parts.ts';
import type { RequestTo } from './request.ts';
import type { WriteDeps } from './write-deps.ts';
import { checkPatchOptions, isDryRun } from './write-options.ts';

export async function patch(request: RequestTo<'patch'>, deps: WriteDeps): Promise<ApiResult> {
  const { call } = request;
  checkPatchOptions(call.options ?? {}, call.patchType === 'apply');
  return call.patchType === 'apply' ? apply(request, deps) : patchObject(request, deps);
}

async function patchObject(request: RequestTo<'patch'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, kind } = request;
  const options = call.options ?? {};
  const transform = patcherOf(request);
  const changed = await changeObject(
    request,
    {
      subresource: call.resource.subresource ?? '',
      manager: managerOf(request, options),
      dryRun: isDryRun(options),
      tracked: false,
      next: (current) => decodePatched(request, transform(current)),
    },
    deps,
  );
  return answerObject(kind, changed);
}

/** What the patch does to a document; the patch itself is read once. */
export function patcherOf({ call, kind, context }: RequestTo<'patch'>): (document: KubeObject) => unknown {
  const { body, patchType } = call;
  const { value, duplicates } = readPatch(body);
  checkPatchFields(call.options ?? {}, context.warnings, [
    ...duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
    ...(patchType === 'json' ? unknownPatchFields(value) : []),
  ]);
  switch (patchType) {
    case 'json':
      return (document) => applyJsonPatch(document, value);
    case 'merge':
      return (document) => applyMergePatch(document, value);
    default: {
      // Custom resources have no merge keys to go by.
      if (kind.publishedSchema)
        throw unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']);
      const schema = kind.schema();
      return (document) => applyStrategicMergePatch(document, value, schema);
    }
  }
}

function checkPatchFields({ fieldValidation }: PatchOptions, warnings: string[], problems: readonly string[]): void {
  if (problems.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Strict') throw badRequest(`strict decoding error: ${problems.join(', ')}`);
  warnings.push(...problems);
}

function readPatch(body: Body): { readonly value: unknown; readonly duplicates: readonly string[] } {
  if ('object' in body) return { value: body.object, duplicates: [] };
  const source = text(body.bytes);
  try {
    return { value: parseJson(source), duplicates: findDuplicateFields(source) };
  } catch (error) {
    if (error instanceof JsonError) throw badRequest(`error decoding patch: ${error.message}`);
    throw error;
  }
}

/** The patched document, as strictly read as any body, with its defaults. */
function decodePatched({ call, kind, context }: RequestTo<'patch'>, document: unknown): Draft<KubeObject> {
  const { object, warnings } = decodeBody({ object: document }, kind, call.options?.fieldValidation);
  for (const warning of warnings) if (!context.warnings.includes(warning)) context.warnings.push(warning);
  applyDefaults(kind, object);
  return object;
}

/** Server-side apply; makes the object where there is none. */
async function apply(request: RequestTo<'patch'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, kind } = request;
  const options = call.options ?? {};
  const subresource = call.resource.subresource ?? '';
  const applied = readConfiguration(request);
  const manager = managerOf(request, options);
  const dryRun = isDryRun(options);
  const onto = (live: KubeObject | undefined): Draft<KubeObject> =>
    decodeApplied(
      kind,
      applyConfiguration({
        live,
        applied,
        schema: kind.schema(),
        manager,
        force: options.force === true,
        apiVersion: apiVersionOf(kind),
        kind: kind.kind,
        subresource,
        nowMs: deps.clock.now(),
        ignoredFields: subresource === 'status' ? [['spec']] : hasStatus(kind) ? [['status']] : [],
      }),
    );
  try {
    return answerObject(kind, await changeObject(request, { subresource, manager, dryRun, tracked: true, next: onto }, deps));
  } catch (error) {
    if (!isNotFound(error) || subresource !== '') throw error;
    if (applied.metadata.uid)
      throw new ApiError(
        409,
        'Conflict',
        `uid mismatch: the provided object specified uid ${applied.metadata.uid}, and no existing object was found`,
      );
    return answerObject(kind, await createObject(request, onto(undefined), manager, dryRun, deps, true), 201);
  }
}

/** The configuration as it was sent, checked against path and type, without defaults: what it does not say it does not own. */
function readConfiguration(request: RequestTo<'patch'>): KubeObject {
  const { call, kind, namespace, name, context } = request;
  const { object, warnings } = decodeBody(call.body, kind, call.options?.fieldValidation);
  context.warnings.push(...warnings);
  const { metadata } = object;
  if (metadata.name && metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  if (kind.namespaced && metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  metadata.name = name;
  if (kind.namespaced) metadata.namespace = namespace;
  delete metadata.creationTimestamp;
  return object;
}

function decodeApplied(kind: Kind, merged: KubeObject): Draft<KubeObject> {
  const { object } = decodeBody({ object: merged }, kind, 'Ignore');
  applyDefaults(kind, object);
  return object;
}
