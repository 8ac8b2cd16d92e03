import type { ApiCall, ResourceCall, User } from '../../api/call.ts';
import { exactFieldValue, parseFieldSelector, type FieldRequirement } from '../../api/field-selector.ts';
import type { Attributes } from '../ports.ts';

/** What a call asks to be allowed, in RBAC's words. Source: apiserver's RequestInfoFactory. */
export function attributesOf(call: ApiCall, user: User): Attributes {
  if (!('resource' in call)) return { user, verb: call.verb, path: call.path };
  const { group, version, resource, subresource } = call.resource;
  const fieldSelector = fieldSelectorOf(call);
  // A list or watch of one name may be allowed by that name, as `kubectl get x --watch` needs.
  const name = call.resource.name ?? exactFieldValue(fieldSelector, 'metadata.name');
  const namespace = namespaceOf(call);
  return {
    user,
    verb: verbOf(call),
    resource: { group, version, resource, ...(subresource && { subresource }), ...(namespace && { namespace }), ...(name && { name }) },
    ...(fieldSelector.length > 0 && { fieldSelector }),
  };
}

/** Streams are asked for by the method that opens them. */
function verbOf(call: ResourceCall): string {
  return call.verb === 'connect' ? (verbsOfMethods[call.method.toUpperCase()] ?? '') : call.verb;
}

const verbsOfMethods: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

function fieldSelectorOf(call: ResourceCall): FieldRequirement[] {
  const options = call.verb === 'deletecollection' ? call.list : call.verb === 'list' || call.verb === 'watch' ? call.options : undefined;
  try {
    return parseFieldSelector(options?.fieldSelector ?? '');
  } catch {
    // A selector that cannot be read is refused later, by whoever serves the call.
    return [];
  }
}

/** A namespace is within itself, so that a RoleBinding in it can allow to get it. */
function namespaceOf({ resource: { group, resource, namespace, name } }: ResourceCall): string | undefined {
  return group === '' && resource === 'namespaces' ? name : namespace;
}
