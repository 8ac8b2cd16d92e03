import { dns1123Label, dns1123Subdomain } from '../../api/validation/names.ts';

// How a ServiceAccount is called as a user. Source: apiserver's pkg/authentication/serviceaccount.

const prefix = 'system:serviceaccount:';

export const serviceAccountUser = (namespace: string, name: string): string => `${prefix}${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string): string[] => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];

/** The reverse of `serviceAccountUser`; undefined for users who are no ServiceAccount. */
export function splitServiceAccountUser(user: string): { readonly namespace: string; readonly name: string } | undefined {
  if (!user.startsWith(prefix)) return undefined;
  const [namespace = '', name = '', ...more] = user.slice(prefix.length).split(':');
  const isWellFormed = more.length === 0 && dns1123Label(namespace).length === 0 && dns1123Subdomain(name).length === 0;
  return isWellFormed ? { namespace, name } : undefined;
}
