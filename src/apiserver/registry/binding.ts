import { cloneJson } from '../../codec/clone-json.ts';
import type { ApiResult } from '../../api/call.ts';
import { applySchemaDefaults, decodeBody } from '../../api/decode.ts';
import type { Draft } from '../../api/draft.ts';
import { ApiError, badRequest, conflict, notFound, staleObject } from '../../api/errors.ts';
import { fieldErrorText } from '../../api/field-error.ts';
import type { Binding as BindingType, Pod as PodType } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { Binding } from '../../api/kinds/core/binding.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { convertToStored, type StoredObject } from '../cache/stored-object.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { admissionRequest } from './admission.ts';
import { answerSuccess } from './answer.ts';
import { setPodCondition } from './pod-condition.ts';
import type { RequestTo } from './request.ts';
import type { WriteDeps } from './write-deps.ts';
import { checkWriteOptions, isDryRun } from './write-options.ts';

export interface BindingDeps extends WriteDeps {
  readonly storageOf: (kind: Kind) => ResourceStorage;
}

/** Gives a pod to a node, by `pods/binding` or by the older `bindings`. Upstream's BindingREST. */
export async function createBinding(request: RequestTo<'create'>, deps: BindingDeps): Promise<ApiResult> {
  const { call } = request;
  const options = call.options ?? {};
  checkWriteOptions('CreateOptions', options);
  const binding = readBinding(request);
  const dryRun = isDryRun(options);
  const admitted = admissionRequest(request, { operation: 'CREATE', object: binding, dryRun });
  await deps.admission.mutate(admitted);
  if (request.name !== '' && binding.metadata.name !== request.name) throw badRequest('name in URL does not match name in Binding object');
  if (!binding.metadata.name) throw badRequest('Name parameter required.');
  refuseInvalid(binding);
  await deps.admission.validate(admitted);
  await bind(binding, dryRun, deps);
  return answerSuccess(undefined, 201);
}

function readBinding({ call, context, namespace }: RequestTo<'create'>): Draft<BindingType> {
  const { object, warnings } = decodeBody(call.body, Binding, call.options?.fieldValidation);
  context.warnings.push(...warnings);
  applySchemaDefaults(object, Binding.schema());
  const { metadata } = object;
  if (namespace === undefined) throw badRequest('an empty namespace may not be set during creation');
  metadata.namespace ||= namespace;
  if (metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return object as Draft<BindingType>;
}

/** Upstream answers these as an error of its own making, not as an invalid object. */
function refuseInvalid(binding: BindingType): void {
  const texts = (Binding.strategy.validate?.(binding) ?? []).map(fieldErrorText);
  if (texts.length > 0) throw new ApiError(500, '', texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`);
}

async function bind(binding: BindingType, dryRun: boolean, { storageOf, clock }: BindingDeps): Promise<void> {
  const storage = storageOf(Pod);
  const { name = '', namespace } = binding.metadata;
  const key = storage.keyOf(namespace, name);
  let current = await storage.get(key);
  for (;;) {
    if (!current) throw notFound(pods, name);
    checkPreconditions(binding, current);
    const pod = cloneJson(current.as(Pod).object) as Draft<PodType>;
    assign(pod, binding, clock.now());
    if (dryRun) return;
    const result = await storage.update(key, current.revision, convertToStored(Pod, pod));
    if ('done' in result) return;
    current = result.found;
  }
}

const pods = { group: '', resource: 'pods' };

/** A scheduler may say which pod it saw. */
function checkPreconditions({ metadata: { uid, resourceVersion } }: BindingType, current: StoredObject): void {
  const live = current.object.metadata;
  if (uid && uid !== live.uid)
    throw conflict(pods, current.name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.uid ?? ''}`);
  if (resourceVersion && resourceVersion !== String(current.revision)) throw conflict(pods, current.name, staleObject);
}

/** Changes the pod as the binding says. Throws 409 for a pod that cannot be bound. */
export function assign(pod: Draft<PodType>, { metadata, target }: BindingType, nowMs: number): void {
  const name = pod.metadata.name ?? '';
  const refuse = (why: string) => conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} ${why}`);
  if (pod.metadata.deletionTimestamp !== undefined) throw refuse('is being deleted, cannot be assigned to a host');
  if (pod.spec.nodeName) throw refuse(`is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if (pod.spec.schedulingGates?.length) throw refuse('has non-empty .spec.schedulingGates');
  if (target.name !== undefined) pod.spec.nodeName = target.name;
  // A nomination is over once there is a node.
  delete pod.status?.nominatedNodeName;
  if (metadata.annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...metadata.annotations };
  if (metadata.labels) pod.metadata.labels = { ...pod.metadata.labels, ...metadata.labels };
  setPodCondition(pod, { type: 'PodScheduled', status: 'True' }, nowMs);
}
