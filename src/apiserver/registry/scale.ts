import { cloneJson } from '../../codec/clone-json.ts';
import type { ApiResult } from '../../api/call.ts';
import { decodeBody } from '../../api/decode.ts';
import type { Draft } from '../../api/draft.ts';
import { badRequest, conflict, internal, invalidObject } from '../../api/errors.ts';
import type { Scale } from '../../api/generated/autoscaling/v1.ts';
import { defineKind, type Kind, type ScalePaths } from '../../api/kind.ts';
import { scaleColumns, validateScale } from '../../api/kinds/autoscaling/scale.ts';
import { labelSelectorText, selectorOf, selectorOfLabels, type Labels } from '../../api/label-selector.ts';
import { applyConfiguration } from '../../api/managed-fields/apply-configuration.ts';
import { withManagedFields } from '../../api/managed-fields/track-update.ts';
import { apiVersionOf, type KubeObject } from '../../api/meta.ts';
import { schemaOf } from '../../api/schemas.ts';
import { answerValue } from './answer.ts';
import { changeObject } from './change.ts';
import { get } from './get.ts';
import { incoming, managerOf } from './incoming.ts';
import { patcherOf } from './patch.ts';
import type { RequestTo, ResourceRequest } from './request.ts';
import type { WriteDeps } from './write-deps.ts';
import { checkPatchOptions, checkWriteOptions, isDryRun } from './write-options.ts';

/** How large a workload is and should be, as one form for all kinds. Rejects with 500 for a custom resource that does not say. */
export async function getScale(request: RequestTo<'get'>): Promise<ApiResult> {
  const { kind } = request;
  const result = await get(request);
  if (result.type !== 'object') throw internal(`a get of ${kind.plural} answered no object`);
  const { object } = result.value;
  const { spec } = pathsOf(kind);
  if (isCustom(kind) && read(object, spec) === undefined)
    throw internal(`the spec replicas field ${JSON.stringify(`.${spec}`)} does not exist`);
  return answerScale(kind, object);
}

export async function updateScale(request: RequestTo<'update'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, kind } = request;
  const options = call.options ?? {};
  checkWriteOptions('UpdateOptions', options);
  const scale = incoming({ ...request, kind: scaleKindOf(kind) }, call.body, options) as Draft<Scale>;
  const change = {
    subresource: 'scale',
    manager: managerOf(request, options),
    dryRun: isDryRun(options),
    tracked: false,
    next: (current: KubeObject) => rescaled(kind, current, scale),
  };
  const changed = await changeObject(request, change, deps);
  return answerScale(kind, changed.as(kind).object);
}

export async function patchScale(request: RequestTo<'patch'>, deps: WriteDeps): Promise<ApiResult> {
  const { call, kind } = request;
  const options = call.options ?? {};
  checkPatchOptions(options, call.patchType === 'apply');
  const change = {
    subresource: 'scale',
    manager: managerOf(request, options),
    dryRun: isDryRun(options),
    ...(call.patchType === 'apply' ? { tracked: true, next: applierOf(request, deps) } : { tracked: false, next: patchedBy(request) }),
  };
  const changed = await changeObject(request, change, deps);
  return answerScale(kind, changed.as(kind).object);
}

const answerScale = (kind: Kind, object: KubeObject): ApiResult => answerValue(scaleOf(kind, object), 200, scaleKindOf(kind));

/** The object's Scale. What Go omits when it is zero is left out. */
export function scaleOf(kind: Kind, object: KubeObject): Draft<Scale> {
  const paths = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = read(object, paths.spec);
  const selector = paths.selector === undefined ? '' : selectorText(read(object, paths.selector));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: { replicas: countAt(object, paths.status), ...(selector !== '' && { selector }) },
  };
}

/**
 * Puts what the Scale asks for into the object, and the revision that its writer saw. Throws 422 for
 * a negative count and 409 where the Scale is of another object of the same name.
 */
export function withScale(kind: Kind, draft: Draft<KubeObject>, scale: Scale): void {
  const { metadata, spec } = scale;
  const name = draft.metadata.name ?? '';
  // Custom resources have their own words for it, with the path that they know it by.
  const problems = isCustom(kind) ? [] : validateScale(scale);
  if (problems.length > 0) throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, name, problems);
  if (metadata.uid && metadata.uid !== draft.metadata.uid)
    throw conflict(
      { group: kind.group, resource: `${kind.plural}/scale` },
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${draft.metadata.uid}`,
    );
  write(draft, pathsOf(kind).spec, spec?.replicas ?? 0);
  if (metadata.resourceVersion) draft.metadata.resourceVersion = metadata.resourceVersion;
  else delete draft.metadata.resourceVersion;
}

function rescaled(kind: Kind, current: KubeObject, scale: Scale): Draft<KubeObject> {
  const draft = cloneJson(current) as Draft<KubeObject>;
  withScale(kind, draft, scale);
  return draft;
}

/** A patch that is not an apply. */
function patchedBy(request: RequestTo<'patch'>): (current: KubeObject) => Draft<KubeObject> {
  const { kind } = request;
  const patch = patcherOf({ ...request, kind: scaleKindOf(kind) });
  return (current) => {
    const before = scaleOf(kind, current);
    const scale = patch(before) as Draft<Scale>;
    refuseUnsaid(kind, current, scale);
    // The revision that the patch merely left as it was is no condition: another try sees a later one.
    if (scale.metadata.resourceVersion === before.metadata.resourceVersion) delete scale.metadata.resourceVersion;
    return rescaled(kind, current, scale);
  };
}

/** A custom resource without a count does not get one of 0 by a patch of something else. */
function refuseUnsaid(kind: Kind, current: KubeObject, { spec }: Scale): void {
  const path = pathsOf(kind).spec;
  if (isCustom(kind) && read(current, path) === undefined && spec?.replicas === undefined)
    throw badRequest(`the spec replicas field ${JSON.stringify(`.${path}`)} cannot be empty`);
}

/** Server-side apply of a Scale: an apply of the one field to the object, under the subresource's name. */
function applierOf(request: RequestTo<'patch'>, deps: WriteDeps): (current: KubeObject) => Draft<KubeObject> {
  const { kind, call } = request;
  const options = call.options ?? {};
  const { object, warnings } = decodeBody(call.body, scaleKindOf(kind), options.fieldValidation);
  request.context.warnings.push(...warnings);
  const { metadata, spec } = object as Draft<Scale>;
  checkPlace(request, metadata);
  const applied: Draft<KubeObject> = {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { name: request.name, ...(request.namespace !== undefined && { namespace: request.namespace }) },
  };
  if (metadata.managedFields) applied.metadata.managedFields = metadata.managedFields;
  const path = pathsOf(kind).spec;
  if (spec?.replicas !== undefined) write(applied, path, spec.replicas);
  return (current) => {
    const merged = applyConfiguration({
      live: current,
      applied,
      schema: kind.schema(),
      manager: managerOf(request, options),
      force: options.force === true,
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      subresource: 'scale',
      nowMs: deps.clock.now(),
      ignoredFields: [],
    });
    const { managedFields } = merged.metadata;
    return rescaled(kind, withManagedFields(current, managedFields), { ...(object as Scale), spec: { replicas: countAt(merged, path) } });
  };
}

function checkPlace({ name, namespace }: ResourceRequest, metadata: Draft<KubeObject>['metadata']): void {
  if (metadata.name && metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  if (metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** Scale as the kind's requests see it: in the kind's scope, and patched in the ways in which the kind is. */
const scaleKindOf = ({ namespaced, publishedSchema }: Kind): Kind =>
  defineKind({
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    plural: 'scales',
    namespaced,
    columns: scaleColumns,
    schema: () => schemaOf('io.k8s.api.autoscaling.v1.Scale'),
    ...(publishedSchema && { publishedSchema }),
  });

function pathsOf({ subresources, plural }: Kind): ScalePaths {
  if (!subresources.scale) throw internal(`${plural} have no scale`);
  return subresources.scale;
}

const isCustom = ({ publishedSchema }: Kind): boolean => publishedSchema !== undefined;

/** Canonical text of what selects the pods: a LabelSelector, a plain map of labels, or text already. */
function selectorText(selector: unknown): string {
  if (typeof selector === 'string') return selector;
  if (!isRecord(selector)) return '';
  const isLabelSelector = isRecord(selector['matchLabels']) || Array.isArray(selector['matchExpressions']);
  return labelSelectorText(isLabelSelector ? selectorOf(selector) : selectorOfLabels(selector as Labels));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function countAt(object: KubeObject, path: string): number {
  const count = read(object, path);
  return typeof count === 'number' ? count : 0;
}

function read(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.')) value = isRecord(value) ? value[name] : undefined;
  return value ?? undefined;
}

function write(draft: Draft<KubeObject>, path: string, value: number): void {
  const names = path.split('.');
  const last = names.pop()!;
  let parent = draft as unknown as Record<string, unknown>;
  for (const name of names) {
    if (!isRecord(parent[name])) parent[name] = {};
    parent = parent[name] as Record<string, unknown>;
  }
  parent[last] = value;
}
