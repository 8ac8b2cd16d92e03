import type { ApiCall, ResourceCall, User } from '../../api/call.ts';
import { exactFieldValue, parseFieldSelector } from '../../api/field-selector.ts';
import type { Attributes } from '../ports.ts';

/** What a call asks to be allowed, in RBAC's words. Source: apiserver's RequestInfoFactory. */
export function attributesOf(call: ApiCall, user: User): Attributes {
  if (!('resource' in call)) return { user, verb: call.verb, path: call.path };
  const { group, version, resource, subresource } = call.resource;
  const name = nameOf(call);
  const namespace = namespaceOf(call);
  return {
    user,
    verb: verbOf(call),
    resource: { group, version, resource, ...(subresource && { subresource }), ...(namespace && { namespace }), ...(name && { name }) },
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

/** A list or watch of one name (`metadata.name=x`) may be allowed by that name, as `kubectl get x --watch` needs. */
function nameOf(call: ResourceCall): string | undefined {
  if (call.resource.name) return call.resource.name;
  if (call.verb === 'list' || call.verb === 'watch') return nameInSelector(call.options?.fieldSelector);
  return call.verb === 'deletecollection' ? nameInSelector(call.list?.fieldSelector) : undefined;
}

function nameInSelector(fieldSelector = ''): string | undefined {
  try {
    return exactFieldValue(parseFieldSelector(fieldSelector), 'metadata.name');
  } catch {
    // A selector that cannot be read is refused later, by whoever serves the call.
    return undefined;
  }
}

/** A namespace is within itself, so that a RoleBinding in it can allow to get it. */
function namespaceOf({ resource: { group, resource, namespace, name } }: ResourceCall): string | undefined {
  return group === '' && resource === 'namespaces' ? name : namespace;
}
