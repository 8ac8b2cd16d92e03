import { apiVersionOf } from '../../api/meta.ts';
import type { KindRegistry } from '../../api/registry.ts';
import { perRegistry } from '../discovery/per-registry.ts';
import type { PathHandler } from '../ports.ts';
import { isRead, jsonAnswer, unknownPathAnswer } from './answer.ts';

/** `/`: every path that is worth a look. `others` are those beside the API's own, such as `/healthz` and `/version`. */
export function indexPath(kinds: () => KindRegistry, others: readonly string[]): PathHandler {
  const index = perRegistry(kinds, (registry) => jsonAnswer({ paths: [...new Set([...apiPaths(registry), ...others])].sort() }, 2));
  return (call) => (isRead(call) && (call.path === '/' || call.path === '/index.html') ? index() : undefined);
}

function apiPaths({ groups }: KindRegistry): string[] {
  const below = groups.flatMap(({ group, versions }) => [
    ...(group === '' ? [] : [`/apis/${group}`]),
    ...versions.map((version) => `${group === '' ? '/api' : '/apis'}/${apiVersionOf({ group, version })}`),
  ]);
  return ['/api', '/apis', ...below];
}

/** The last handler: whatever nobody has answered is not there. */
export const unknownPath: PathHandler = () => unknownPathAnswer();

/** Asks one after the other; the last must answer all. */
export function pathHandlers(handlers: readonly PathHandler[]): PathHandler {
  return async (call, context) => {
    for (const handler of handlers) {
      const answer = await handler(call, context);
      if (answer) return answer;
    }
    return unknownPathAnswer();
  };
}
