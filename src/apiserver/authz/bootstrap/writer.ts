import type { ApiServer, ResourceRef, User } from '../../../api/call.ts';
import type { PolicyObject, PolicyWriter } from './reconcile.ts';

/** The API server itself, writing its own roles. */
const self: User = { name: 'system:apiserver', groups: ['system:masters'] };

/** Writes the policy through the API, so that roles are checked, counted and watched like anybody's. */
export function policyWriter(api: ApiServer): PolicyWriter {
  const credentials = { by: 'identity', user: self } as const;
  return {
    create: (object) => api({ credentials, verb: 'create', resource: { ...resourceOf(object), name: undefined }, body: { object } }),
    update: (object) => api({ credentials, verb: 'update', resource: resourceOf(object), body: { object } }),
    delete: (object) => api({ credentials, verb: 'delete', resource: resourceOf(object) }),
  };
}

function resourceOf({ kind = '', metadata: { name, namespace } }: PolicyObject): ResourceRef {
  const resource = `${kind.toLowerCase()}s`;
  return { group: 'rbac.authorization.k8s.io', version: 'v1', resource, name, ...(namespace !== undefined && { namespace }) };
}
