import type { ApiResult } from '../../api/call.ts';
import { decodeBody } from '../../api/decode.ts';
import type { Draft } from '../../api/draft.ts';
import { badRequest, invalidObject, notFound } from '../../api/errors.ts';
import type { Scale } from '../../api/generated/autoscaling/v1.ts';
import type { Kind, ScalePaths } from '../../api/kind.ts';
import { validateScale } from '../../api/kinds/autoscaling/scale.ts';
import { labelSelectorText, selectorOf, selectorOfLabels } from '../../api/label-selector.ts';
import { applyConfiguration } from '../../api/managed-fields/apply-configuration.ts';
import { apiVersionOf, type KubeObject, type LabelSelector } from '../../api/meta.ts';
import { schemaOf } from '../../api/schemas.ts';
import type { StoredObject } from '../cache/stored-object.ts';
import { answerValue } from './answer.ts';
import { changeObject } from './change.ts';
import { managerOf } from './incoming.ts';
import { patcherOf } from './patch.ts';
import { groupResourceOf, type RequestTo, type ResourceRequest } from './request.ts';
import type { WriteDeps } from './write-deps.ts';
import { checkPatchOptions, checkWriteOptions, isDryRun } from './write-options.ts';

/** `/scale`: the replicas of whatever has replicas, as an autoscaling/v1 Scale. */
export async function getScale(request: RequestTo<'get'>): Promise<ApiResult> {
  const { storage, namespace, name } = request;
  const found = await storage.get(storage.keyOf(namespace, name));
  if (!found) throw notFound(groupResourceOf(request), name);
  return answerScale(request, found);
}

export async function updateScale(request: RequestTo<'update'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, context } = request;
  const options = call.options ?? {};
  checkWriteOptions('UpdateOptions', options);
  const { object, warnings } = decodeBody(call.body, scaleType, options.fieldValidation);
  context.warnings.push(...warnings);
  const scale = object as Draft<Scale>;
  const changed = await changeObject(
    request,
    {
      subresource: 'scale',
      manager: managerOf(request, options),
      dryRun: isDryRun(options),
      tracked: false,
      next: (current) => scaled(request, current, scale),
    },
    deps,
  );
  return answerScale(request, changed);
}

export async function patchScale(request: RequestTo<'patch'>, deps: WriteDeps): Promise<ApiResult> {
  const { call } = request;
  const options = call.options ?? {};
  checkPatchOptions(options, call.patchType === 'apply');
  const change = { subresource: 'scale', manager: managerOf(request, options), dryRun: isDryRun(options) };
  if (call.patchType === 'apply') {
    const applied = appliedScale(request);
    const next = (current: Draft<KubeObject>) => applyScale(request, current, applied, deps.clock.now());
    return answerScale(request, await changeObject(request, { ...change, tracked: true, next }, deps));
  }
  const transform = patcherOf({ ...request, kind: { ...request.kind, schema: scaleType.schema } });
  const next = (current: Draft<KubeObject>) => {
    const { object, warnings } = decodeBody({ object: transform(scaleOf(request.kind, current)) }, scaleType, options.fieldValidation);
    request.context.warnings.push(...warnings);
    return scaled(request, current, object as Draft<Scale>);
  };
  return answerScale(request, await changeObject(request, { ...change, tracked: false, next }, deps));
}

const scaleType = { group: 'autoscaling', version: 'v1', kind: 'Scale', schema: () => schemaOf('io.k8s.api.autoscaling.v1.Scale') };

function answerScale({ kind }: ResourceRequest, object: StoredObject): ApiResult {
  return answerValue(scaleOf(kind, object.as(kind).object));
}

/** The object seen as a Scale. */
export function scaleOf(kind: Kind, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const paths = pathsOf(kind);
  const replicas = at(object, paths.spec);
  const selector = paths.selector === undefined ? '' : selectorText(at(object, paths.selector));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: { replicas: Number(at(object, paths.status) ?? 0), ...(selector !== '' && { selector }) },
  };
}

/** The object with the Scale's replicas; what the Scale says of uid and revision holds for the object. */
function scaled({ kind, name, namespace }: ResourceRequest, current: Draft<KubeObject>, scale: Draft<Scale>): Draft<KubeObject> {
  const { metadata } = scale;
  if (metadata.name && metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  if (metadata.namespace && namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  const problems = validateScale(scale);
  if (problems.length > 0) throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, metadata.name ?? name, problems);
  setAt(current, pathsOf(kind).spec, scale.spec?.replicas ?? 0);
  if (metadata.uid) current.metadata.uid = metadata.uid;
  if (metadata.resourceVersion) current.metadata.resourceVersion = metadata.resourceVersion;
  else delete current.metadata.resourceVersion;
  return current;
}

function appliedScale({ call, context }: RequestTo<'patch'>): Draft<Scale> {
  const { object, warnings } = decodeBody(call.body, scaleType, call.options?.fieldValidation);
  context.warnings.push(...warnings);
  return object as Draft<Scale>;
}

/** Who applies a Scale owns the replicas of the object behind it (upstream's ScaleHandler). */
function applyScale(request: RequestTo<'patch'>, live: Draft<KubeObject>, scale: Draft<Scale>, nowMs: number): Draft<KubeObject> {
  const { call, kind, name, namespace } = request;
  const applied = { metadata: { name, ...(namespace !== undefined && { namespace }) } } as Draft<KubeObject>;
  Object.assign(applied, { apiVersion: apiVersionOf(kind), kind: kind.kind });
  if (scale.spec?.replicas !== undefined) setAt(applied, pathsOf(kind).spec, scale.spec.replicas);
  const merged = applyConfiguration({
    live,
    applied,
    schema: kind.schema(),
    manager: call.options?.fieldManager ?? '',
    force: call.options?.force === true,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    subresource: 'scale',
    nowMs,
  }) as Draft<KubeObject>;
  const replicas = Number(at(merged, pathsOf(kind).spec) ?? 0);
  return scaled(request, structuredClone(merged), { ...scale, spec: { replicas } });
}

const pathsOf = (kind: Kind): ScalePaths => kind.subresources.scale!;

function at(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}

function setAt(object: Draft<KubeObject>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop()!;
  let parent = object as unknown as Record<string, unknown>;
  for (const name of names) parent = (parent[name] ??= {}) as Record<string, unknown>;
  parent[last] = value;
}

/** Apps have a LabelSelector, replication controllers a map of labels, custom resources the text itself. */
function selectorText(selector: unknown): string {
  if (typeof selector === 'string') return selector;
  if (typeof selector !== 'object' || selector === null) return '';
  if ('matchLabels' in selector || 'matchExpressions' in selector) return labelSelectorText(selectorOf(selector as LabelSelector));
  return labelSelectorText(selectorOfLabels(selector as Readonly<Record<string, string>>));
}
