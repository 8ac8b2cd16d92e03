import type { ResourceRef } from '../api/call.ts';

/** What a URL's path names. `rest` is what follows a `proxy` subresource, for whoever proxies. */
export type Target =
  | {
      readonly type: 'resource';
      readonly resource: ResourceRef;
      readonly rest?: string;
      /** The deprecated `/watch/` form. */ readonly watch: boolean;
    }
  | { readonly type: 'path'; readonly path: string };

/**
 * The API's path grammar (apiserver's RequestInfo):
 * `/api/v1` or `/apis/GROUP/VERSION`, then `[namespaces/NAMESPACE/]RESOURCE[/NAME[/SUBRESOURCE]]`.
 * `undefined` for a path whose percent-encoding is broken.
 */
export function parsePath(path: string): Target | undefined {
  const segments = decodeSegments(path);
  if (!segments) return undefined;
  const prefix = segments[0] === 'api' ? 2 : segments[0] === 'apis' ? 3 : 0;
  if (prefix === 0 || segments.length <= prefix) return { type: 'path', path };
  const group = prefix === 3 ? segments[1]! : '';
  const version = segments[prefix - 1]!;
  let parts = segments.slice(prefix);
  const watch = parts[0] === 'watch' && parts.length > 1;
  if (watch) parts = parts.slice(1);

  let namespace: string | undefined;
  // `/namespaces/NAME/status` is a namespace's own subresource, not a resource called "status".
  const ofNamespaceItself = parts.length === 3 && namespaceSubresources.has(parts[2]!);
  if (parts[0] === 'namespaces' && parts.length > 2 && !ofNamespaceItself) {
    namespace = parts[1]!;
    parts = parts.slice(2);
  }
  const [resource, name, subresource, ...rest] = parts;
  return {
    type: 'resource',
    watch,
    resource: {
      group,
      version,
      resource: resource!,
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
      ...(subresource !== undefined && { subresource }),
    },
    ...(rest.length > 0 && { rest: rest.join('/') }),
  };
}

const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize']);

function decodeSegments(path: string): string[] | undefined {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => (segment.includes('%') ? decodeURIComponent(segment) : segment));
  } catch {
    return undefined;
  }
}

/** Query parameters in their order; the map's values are never empty. `+` is a space. */
export function parseQuery(query: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (query === '') return found;
  for (const [name, value] of new URLSearchParams(query)) {
    const values = found.get(name);
    if (values) values.push(value);
    else found.set(name, [value]);
  }
  return found;
}
