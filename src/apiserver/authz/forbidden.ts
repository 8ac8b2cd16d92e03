import { forbiddenFor, type ApiError } from '../../api/errors.ts';
import type { Attributes } from '../ports.ts';

/** Who may not do what, without the reason: `User "x" cannot list resource "pods" in API group "" in the namespace "default"`. */
export function forbiddenMessage({ user, verb, resource, path = '' }: Attributes): string {
  const start = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (!resource) return `${start} path ${JSON.stringify(path)}`;
  const name = resource.subresource ? `${resource.resource}/${resource.subresource}` : resource.resource;
  const scope = resource.namespace ? `in the namespace ${JSON.stringify(resource.namespace)}` : 'at the cluster scope';
  return `${start} resource ${JSON.stringify(name)} in API group ${JSON.stringify(resource.group)} ${scope}`;
}

/** The answer to a call that no authorizer allows. `reason` is what they had to say, or ''. */
export function forbiddenError(attributes: Attributes, reason: string): ApiError {
  const { group = '', resource = '', name = '' } = attributes.resource ?? {};
  const message = escapeHtml(forbiddenMessage(attributes));
  return forbiddenFor({ group, resource }, name, reason === '' ? message : `${message}: ${reason}`);
}

/** Names come from callers; no browser shall take the sentence for a page. */
const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
