import type { KindRegistry } from '../../api/registry.ts';
import { perRegistry } from '../discovery/per-registry.ts';
import type { PathHandler } from '../ports.ts';
import { isRead } from './answer.ts';

/** `/openapi/v2`, `/openapi/v3` and the documents below it. What they are made of is a megabyte that is loaded when somebody asks. */
export function openApiPaths(kinds: () => KindRegistry): PathHandler {
  const documents = perRegistry(kinds, async (registry) => {
    const { OpenApiDocuments } = await import('./open-api-documents.ts');
    return new OpenApiDocuments(registry);
  });
  return (call) => {
    if (!isRead(call) || !call.path.startsWith('/openapi/v')) return undefined;
    const [, , version, ...rest] = call.path.replace(/\/$/, '').split('/');
    if (version === 'v2' && rest.length === 0) return documents().then((made) => made.v2(call));
    return version === 'v3' ? documents().then((made) => made.v3(call, rest)) : undefined;
  };
}
