import type { ResourceRef } from '../api/call.ts';

/** What a URL's path names. */
export type Target =
  | {
      readonly type: 'resource';
      readonly resource: ResourceRef;
      /** What follows a subresource, with its slash, for whoever proxies: `/x/y`. */
      readonly rest?: string;
      /** The deprecated `/watch/` form. */
      readonly watch: boolean;
    }
  | { readonly type: 'path'; readonly path: string };

/**
 * The API's path grammar (apiserver's RequestInfo, which reads the decoded path):
 * `/api/v1` or `/apis/GROUP/VERSION`, then `[namespaces/NAMESPACE/]RESOURCE[/NAME[/SUBRESOURCE]]`.
 * `undefined` for a path whose percent-encoding is broken.
 */
export function parsePath(encoded: string): Target | undefined {
  const path = decodePercents(encoded);
  if (path === undefined) return undefined;
  const segments = path.replace(outerSlashes, '').split('/');
  const prefix = segments[0] === 'api' ? 2 : segments[0] === 'apis' ? 3 : 0;
  // An empty segment names nothing, and so leads nowhere; only at the end is it forgiven.
  if (prefix === 0 || segments.length <= prefix || segments.includes('')) return { type: 'path', path };
  const watch = segments[prefix] === 'watch' && segments.length > prefix + 1;
  let parts = segments.slice(watch ? prefix + 1 : prefix);

  let namespace: string | undefined;
  // `/namespaces/NAME/status` is a namespace's own subresource, not a resource called "status".
  if (parts[0] === 'namespaces' && parts.length > 2 && !namespaceSubresources.has(parts[2]!)) {
    namespace = parts[1]!;
    parts = parts.slice(2);
  }
  const [resource, name, subresource, ...rest] = parts;
  return {
    type: 'resource',
    watch,
    resource: {
      group: prefix === 3 ? segments[1]! : '',
      version: segments[prefix - 1]!,
      resource: resource!,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      ...(subresource !== undefined && { subresource }),
    },
    ...(parts.length >= 3 && restOf(rest, path)),
  };
}

const outerSlashes = /^\/|\/+$/g;
const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize']);

/** A slash at the path's end counts for whoever is proxied to. */
function restOf(rest: readonly string[], path: string): { readonly rest: string } | undefined {
  const tail = path.endsWith('/') ? '/' : '';
  return rest.length === 0 && tail === '' ? undefined : { rest: `${rest.map((segment) => `/${segment}`).join('')}${tail}` };
}

/** Query parameters in their order; the map's values are never empty. As Go's url.ParseQuery, whose errors nobody reads: what it cannot read is left out. */
export function parseQuery(query: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (query === '') return found;
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const cut = pair.indexOf('=');
    const name = decodeParameter(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? '' : decodeParameter(pair.slice(cut + 1));
    if (name === undefined || value === undefined) continue;
    const values = found.get(name);
    if (values) values.push(value);
    else found.set(name, [value]);
  }
  return found;
}

const decodeParameter = (text: string): string | undefined => decodePercents(text.includes('+') ? text.replaceAll('+', ' ') : text);

/** Undefined for broken escapes; bytes that are no UTF-8 become U+FFFD. */
export function decodePercents(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    if (/%(?![0-9a-f]{2})/i.test(text)) return undefined;
    // Well-formed escapes of no well-formed UTF-8: the form decoder is lenient about those.
    return new URLSearchParams(`x=${text.replaceAll('+', '%2B').replaceAll('&', '%26')}`).get('x') ?? '';
  }
}
