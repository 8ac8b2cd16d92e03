import { type Entry, type Key, type LeaseId, type Op, type ReadOptions, type Store, type TxnResult, prefixRange } from '../store.ts';

/** Short ways to say what the store's tests say often. Values are text here. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function put(store: Store, key: Key, value: string, lease?: LeaseId): Promise<TxnResult> {
  return store.txn({ success: [{ op: 'put', key, value: bytes(value), lease }] });
}

export function del(store: Store, key: Key): Promise<TxnResult> {
  return store.txn({ success: [{ op: 'delete', range: { start: key } }] });
}

export function getOp(key: Key, options: ReadOptions = {}): Op {
  return { op: 'range', range: { start: key }, ...options };
}

export function keysIn(entries: readonly Entry[]): Key[] {
  return entries.map((entry) => entry.key);
}

/** Every key with its value as text. */
export async function contents(store: Store): Promise<Record<string, string>> {
  const { entries } = await store.list(prefixRange(''));
  return Object.fromEntries(entries.map(({ key, value }) => [key, new TextDecoder().decode(value)]));
}
