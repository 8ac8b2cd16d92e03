import type { ApiResult, Body } from '../../api/call.ts';
import type { Draft } from '../../api/draft.ts';
import { ApiError, badRequest, invalidObject, isNotFound, unsupportedMediaType } from '../../api/errors.ts';
import { invalid } from '../../api/field-error.ts';
import type { Kind } from '../../api/kind.ts';
import { applyConfiguration } from '../../api/managed-fields/apply-configuration.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta.ts';
import { applyJsonPatch, unknownPatchFields } from '../../api/patch/json-patch.ts';
import { applyMergePatch } from '../../api/patch/merge-patch.ts';
import { isObject } from '../../api/patch/json-object.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import { decodeBody } from '../../api/decode.ts';
import { DecodeError } from '../../api/decode-value.ts';
import { text } from '../../codec/bytes.ts';
import { goText } from '../../codec/go-text.ts';
import { findDuplicateFields, JsonError, parseJson, stringifyJson } from '../../codec/json.ts';
import { answerObject } from './answer.ts';
import { readConfiguration, sayStrictProblem } from './apply-body.ts';
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
  const patched = patcherOf(request);
  const changed = await changeObject(
    request,
    {
      subresource: call.resource.subresource ?? '',
      manager: managerOf(request, options),
      dryRun: isDryRun(options),
      tracked: false,
      next: patched,
    },
    deps,
  );
  return answerObject(kind, changed);
}

/** What the patch makes of an object, decoded and with its defaults; the patch itself is read once. */
export function patcherOf(request: RequestTo<'patch'>): (current: KubeObject) => Draft<KubeObject> {
  const { patchType, body } = request.call;
  const { value, duplicates } = readPatch(body);
  const transform = transformOf(request, value);
  const problems =
    patchType === 'json' ? [...duplicates.map((problem) => `json patch ${problem}`), ...unknownPatchFields(value)] : duplicates;
  return (current) => {
    const document = transform(current);
    // Errors show the patched document, but of a strategic merge patch, the patch.
    const shown = () => (patchType === 'strategic' ? goText(value) : stringifyJson(document));
    return decodePatched(request, touched(request, document, current), problems, shown);
  };
}

/** Through `/status`, what the patch has left as it was need not be read again: it is not written. */
function touched({ call }: RequestTo<'patch'>, document: unknown, current: KubeObject): unknown {
  if (call.resource.subresource !== 'status' || !isObject(document)) return document;
  const before: Readonly<Record<string, unknown>> = { ...current };
  return Object.fromEntries(Object.entries(document).filter(([name, value]) => isWritten.has(name) || value !== before[name]));
}

const isWritten: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

function transformOf({ call, kind }: RequestTo<'patch'>, patch: unknown): (document: KubeObject) => unknown {
  switch (call.patchType) {
    case 'json':
      return (document) => applyJsonPatch(document, patch);
    case 'merge':
      return (document) => applyMergePatch(document, patch);
    default: {
      // Custom resources have no merge keys to go by.
      if (kind.publishedSchema)
        throw unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml']);
      const schema = kind.schema();
      return (document) => applyStrategicMergePatch(document, patch, schema);
    }
  }
}

function readPatch(body: Body): { readonly value: unknown; readonly duplicates: readonly string[] } {
  if ('object' in body) return { value: body.object, duplicates: [] };
  const source = text(body.bytes);
  try {
    return { value: parseJson(source), duplicates: findDuplicateFields(source).map((path) => `duplicate field ${JSON.stringify(path)}`) };
  } catch (error) {
    if (error instanceof JsonError) throw badRequest(`error decoding patch: ${error.message}`);
    throw error;
  }
}

/**
 * The patched document, as strictly read as any body, with its defaults; `problems` are those of the
 * patch itself. What cannot be read, or not strictly, is the patch's fault: 422, not 400.
 */
function decodePatched(
  { call, kind, context }: RequestTo<'patch'>,
  document: unknown,
  problems: readonly string[],
  shown: () => string,
): Draft<KubeObject> {
  const { fieldValidation } = call.options ?? {};
  const { object, warnings } = asPatch(shown, () =>
    decodeBody({ object: document }, kind, fieldValidation === 'Ignore' ? 'Ignore' : 'Warn'),
  );
  const found = fieldValidation === 'Ignore' ? [] : [...problems, ...warnings];
  if (found.length > 0 && fieldValidation === 'Strict') throw invalidPatch(shown(), `strict decoding error: ${found.join(', ')}`);
  for (const warning of found) if (!context.warnings.includes(warning)) context.warnings.push(warning);
  applyDefaults(kind, object);
  return object;
}

function asPatch<T>(shown: () => string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ApiError && error.cause instanceof DecodeError) throw invalidPatch(shown(), error.cause.message);
    throw error;
  }
}

/** Of no kind and no name, as upstream has it. */
const invalidPatch = (shown: string, why: string): ApiError => invalidObject({ group: '', kind: '' }, '', [invalid('patch', shown, why)]);

/** Server-side apply; makes the object where there is none. */
async function apply(request: RequestTo<'patch'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, kind } = request;
  const options = call.options ?? {};
  const subresource = call.resource.subresource ?? '';
  const { applied, problem } = readConfiguration(request);
  const manager = managerOf(request, options);
  const dryRun = isDryRun(options);
  const onto = (live: KubeObject | undefined): Draft<KubeObject> => {
    const merged = applyConfiguration({
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
    });
    // What apply itself refuses is told before this.
    if (problem !== undefined) sayStrictProblem(request, problem);
    return decodeApplied(kind, merged);
  };
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

function decodeApplied(kind: Kind, merged: KubeObject): Draft<KubeObject> {
  const { object } = decodeBody({ object: merged }, kind, 'Ignore');
  applyDefaults(kind, object);
  return object;
}
