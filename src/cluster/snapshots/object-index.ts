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
  return new LiveKeys((record) => {
    const encoding = encodingOf(record.value);
    const { apiVersion, kind } = typeOf(record.value, encoding);
    const leased = record.lease !== 0n;
    const name = `${encoding} ${apiVersion} ${kind} ${leased}`;
    let about = known.get(name);
    if (!about) known.set(name, (about = { encoding, apiVersion, kind, leased }));
    return about;
  });
}

/** Keys that stand for no object are their own names, of no resource. */
export const keyOf = ({ key }: { readonly key: string }): StoredKey => parseStoredKey(key) ?? { resource: '', namespace: '', name: key };
