import type { Secret } from '../../api/generated/core/v1.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { KindRegistry } from '../../api/registry.ts';
import type { Storages } from '../storage/storages.ts';
import type { BoundPod, TokenObjects } from './service-account-token.ts';

/** What tokens are bound to, read from the watch caches, up to date at the time of asking. */
export function storedTokenObjects(storages: Storages, kinds: KindRegistry): TokenObjects {
  async function find<O extends KubeObject>(plural: string, namespace: string | undefined, name: string): Promise<O | undefined> {
    const kind = kinds.byResource('', 'v1', plural);
    if (!kind) return undefined;
    const storage = storages.of(kind);
    const stored = await storage.get(storage.keyOf(namespace, name));
    return stored?.as(kind).object as O | undefined;
  }
  return {
    serviceAccount: (namespace, name) => find('serviceaccounts', namespace, name),
    pod: (namespace, name) => find<BoundPod>('pods', namespace, name),
    secret: (namespace, name) => find<Secret>('secrets', namespace, name),
    node: (name) => find('nodes', undefined, name),
  };
}
