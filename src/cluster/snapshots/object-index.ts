import { LiveKeys, type LiveKey } from '../../store/snapshot/live-keys.ts';
import { parseStoredKey, type StoredKey } from './stored-key.ts';
import { encodingOf, typeOf, type Encoding, type ObjectType } from './stored-value.ts';

/** What is known of an object without keeping it. */
export interface ObjectAbout extends ObjectType {
  readonly encoding: Encoding;
  readonly leased: boolean;
}

export type IndexedObject = LiveKey<ObjectAbout>;

/** Collects what stands in a snapshot as it is scanned. Of the same type and encoding there is one `about` for all. */
export function objectIndex(): LiveKeys<ObjectAbout> {
  const known = new Map<string, ObjectAbout>();
  let last: ObjectAbout | undefined;
  return new LiveKeys(({ value, lease }) => {
    const encoding = encodingOf(value);
    const { apiVersion, kind } = typeOf(value, encoding);
    const leased = lease !== 0n;
    // Objects of one kind often come in a row.
    if (last?.kind === kind && last.apiVersion === apiVersion && last.encoding === encoding && last.leased === leased) return last;
    const name = `${encoding} ${apiVersion} ${kind} ${leased}`;
    last = known.get(name);
    if (!last) known.set(name, (last = { encoding, apiVersion, kind, leased }));
    return last;
  });
}

/** Keys that stand for no object are their own names, of no resource. */
export const keyOf = ({ key }: { readonly key: string }): StoredKey => parseStoredKey(key) ?? { resource: '', namespace: '', name: key };
