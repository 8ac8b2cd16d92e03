import { storagePrefix, type Kind } from '../../api/kind.ts';
import type { Key, KeyRange } from '../../store/store.ts';
import { prefixRange } from '../../store/store.ts';

/** Where a resource's objects stand in the store: `/registry/pods/<namespace>/<name>`, without the namespace for cluster-scoped ones. */
export interface KeySpace {
  readonly prefix: Key;
  readonly namespaced: boolean;
}

export interface ObjectName {
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

export const keySpaceOf = (kind: Pick<Kind, 'group' | 'plural' | 'namespaced' | 'publishedSchema'>): KeySpace => ({
  prefix: storagePrefix(kind),
  namespaced: kind.namespaced,
});

export function keyOf(space: KeySpace, namespace: string | undefined, name: string): Key {
  return space.prefix + (space.namespaced && namespace ? `${toBytes(namespace)}/` : '') + toBytes(name);
}

/** Every object of the resource, or of one namespace of it. */
export const rangeOf = (space: KeySpace, namespace: string | undefined): KeyRange =>
  prefixRange(space.namespaced && namespace ? `${space.prefix}${toBytes(namespace)}/` : space.prefix);

export function nameOf(space: KeySpace, key: Key): ObjectName {
  const rest = fromBytes(key.slice(space.prefix.length));
  if (!space.namespaced) return { namespace: '', name: rest };
  const slash = rest.indexOf('/');
  return { namespace: rest.slice(0, slash), name: rest.slice(slash + 1) };
}

/** Store keys hold one byte a code unit; names outside ASCII (RBAC allows them) are written as UTF-8. */
function toBytes(text: string): string {
  if (isAscii(text)) return text;
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function fromBytes(key: string): string {
  if (isAscii(key)) return key;
  return new TextDecoder().decode(Uint8Array.from(key, (unit) => unit.charCodeAt(0)));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
