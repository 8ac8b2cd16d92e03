import type { ApiServer } from '../api/call.ts';
import { isAlreadyExists } from '../api/errors.ts';

/** There from the start, and before the roles that live in them. Source: kube-apiserver's system namespaces controller. */
export const systemNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const;

export async function ensureSystemNamespaces(api: ApiServer): Promise<void> {
  await Promise.all(systemNamespaces.map((name) => ensureNamespace(api, name)));
}

/** With the server's own rights. */
export async function ensureNamespace(api: ApiServer, name: string): Promise<void> {
  const credentials = { by: 'identity', user: { name: 'system:apiserver', groups: ['system:masters'] } } as const;
  const resource = { group: '', version: 'v1', resource: 'namespaces' };
  try {
    await api({ credentials, verb: 'create', resource, body: { object: { metadata: { name } } } });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
