import type { Body, WriteOptions } from '../../api/call.ts';
import { applySchemaDefaults, decodeBody } from '../../api/decode.ts';
import type { Draft } from '../../api/draft.ts';
import { badRequest } from '../../api/errors.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { dropRepeatedOwners } from './owner-references.ts';
import type { ResourceRequest } from './request.ts';

/** The object in a request's body, with defaults, in the namespace and under the name of its path. */
export function incoming(request: ResourceRequest, body: Body, { fieldValidation }: WriteOptions): Draft<KubeObject> {
  const { kind, context } = request;
  const { object, warnings } = decodeBody(body, kind, fieldValidation);
  context.warnings.push(...warnings);
  placeIn(request, object);
  dropRepeatedOwners(object, context.warnings);
  applyDefaults(kind, object);
  return object;
}

export function applyDefaults(kind: Kind, object: Draft<KubeObject>): void {
  applySchemaDefaults(object, kind.schema());
  kind.strategy.defaults?.(object);
}

/** Path and body must not contradict each other; what only the path says is filled in. */
function placeIn({ kind, namespace, name }: ResourceRequest, { metadata }: Draft<KubeObject>): void {
  if (name !== '') {
    if (!metadata.name) metadata.name = name;
    else if (metadata.name !== name)
      throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (!kind.namespaced) {
    // A cluster-scoped object has no namespace, whatever it says; validation tells of one that says so.
    if (metadata.namespace === '') delete metadata.namespace;
    return;
  }
  if (!metadata.namespace) metadata.namespace = namespace;
  else if (metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** Who is written down as the owner of fields: the manager asked for, else what the user agent calls itself. */
export function managerOf({ call }: ResourceRequest, { fieldManager }: WriteOptions): string {
  if (fieldManager) return fieldManager;
  const agent = (call.userAgent ?? '').split('/', 1)[0]!;
  return agent.replace(/\p{Cc}/gu, '').slice(0, maxManagerLength);
}

/** Longer names of user agents are cut, as upstream does. */
const maxManagerLength = 128;
