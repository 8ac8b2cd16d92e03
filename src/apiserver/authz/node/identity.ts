import type { User } from '../../../api/call.ts';

const prefix = 'system:node:';

/** The node a kubelet speaks for; '' for a kubelet without a name; undefined for whoever is no kubelet. */
export function nodeNameOf({ name, groups }: User): string | undefined {
  return name.startsWith(prefix) && groups.includes('system:nodes') ? name.slice(prefix.length) : undefined;
}
