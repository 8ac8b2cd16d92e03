import type { Encodable } from '../../api/call.ts';
import type { Draft } from '../../api/draft.ts';
import type { Kind } from '../../api/kind.ts';
import { withoutType, type KubeObject } from '../../api/meta.ts';
import type { ByteBatches } from '../../codec/byte-batches.ts';
import { utf8 } from '../../codec/bytes.ts';
import { asJson } from '../../codec/clone-json.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { Key } from '../../store/store.ts';
import { nameOf, type KeySpace } from '../storage/keys.ts';
import type { DecodedCache, Holder } from './decoded-cache.ts';
import { addSpliced, addUntypedSpliced, decodeStored, openingOf, splice, type Opening } from './encoding.ts';

/** What the stored objects of one resource have in common. */
export class ObjectFamily {
  /** The kind in the version in which objects are stored. */
  readonly kind: Kind;
  readonly space: KeySpace;
  readonly opening: Opening;
  /** The paths whose values are kept beside each object, so that field selectors need no decoding. */
  readonly fieldPaths: readonly string[];
  readonly cache: DecodedCache;
  /** Decoded objects are frozen: for tests, to catch readers that write. */
  readonly freeze: boolean;

  constructor(kind: Kind, space: KeySpace, cache: DecodedCache, freeze: boolean) {
    this.kind = kind;
    this.space = space;
    this.opening = openingOf(kind);
    this.fieldPaths = Object.keys(kind.selectableFields);
    this.cache = cache;
    this.freeze = freeze;
  }
}

/** A decoded object takes about so many times its JSON in memory. */
const decodedFactor = 3;
const noLabels: Readonly<Record<string, string>> = Object.freeze({});

/** One revision of one object: its stored bytes, and whatever was made of them so far. Shared by all, changed by none. */
export class StoredObject implements Encodable, Holder {
  readonly family: ObjectFamily;
  readonly key: Key;
  readonly value: Uint8Array;
  /** Its resourceVersion. For the last state of a deleted object: the revision of the deletion. */
  readonly revision: number;
  readonly namespace: string;
  readonly name: string;
  used = false;
  #decoded: KubeObject | undefined;
  /** What was let go of: informers in this process may have it still, and then share it with whoever asks next. */
  #released: WeakRef<KubeObject> | undefined;
  /** Do the bytes say what readers are to see? Unknown until they are read, where the kind has a `refresh`. */
  #current: boolean | undefined;
  #json: Uint8Array | undefined;
  #labels: Readonly<Record<string, string>> | undefined;
  #fields: readonly string[] | undefined;
  #versions: Map<Kind, ConvertedObject> | undefined;

  constructor(family: ObjectFamily, key: Key, value: Uint8Array, revision: number) {
    this.family = family;
    this.key = key;
    this.value = value;
    this.revision = revision;
    const { namespace, name } = nameOf(family.space, key);
    this.namespace = namespace;
    this.name = name;
    if (!family.kind.refresh) this.#current = true;
  }

  get object(): KubeObject {
    this.used = true;
    return this.#decoded ?? this.#keep(this.#released?.deref() ?? this.decode());
  }

  json(): readonly Uint8Array[] {
    if (this.#current === undefined) void this.object;
    if (this.#current) return splice(this.family.opening, this.value, this.revision);
    this.used = true;
    if (!this.#json) {
      this.#json = utf8(stringifyJson(this.object));
      this.#held();
    }
    return [this.#json];
  }

  addJson(batches: ByteBatches): void {
    if (this.#current) addSpliced(batches, this.family.opening, this.value, this.revision);
    else for (const chunk of this.json()) batches.add(chunk);
  }

  addUntypedJson(batches: ByteBatches): void {
    if (this.#current) addUntypedSpliced(batches, this.family.opening, this.value, this.revision);
    else batches.add(utf8(stringifyJson(withoutType(this.object))));
  }

  /** A copy of its own for the caller, as the stored version's schema of today has it. */
  decode(): Draft<KubeObject> {
    const stored = decodeStored(this.value, this.revision) as Draft<KubeObject>;
    const refreshed = this.family.kind.refresh?.(stored);
    this.#current = !refreshed?.changed;
    return refreshed ? refreshed.object : stored;
  }

  get labels(): Readonly<Record<string, string>> {
    return (this.#labels ??= this.object.metadata.labels ?? noLabels);
  }

  /** The value of a selectable field of the stored version; '' where it is absent, `undefined` for a path that is none. */
  field(path: string): string | undefined {
    if (path === 'metadata.name') return this.name;
    if (path === 'metadata.namespace') return this.namespace;
    const index = this.family.fieldPaths.indexOf(path);
    return index < 0 ? undefined : (this.#fields ??= this.#fieldsOf(this.object))[index];
  }

  /** Takes the object whose JSON the bytes are, and lets nobody else change it; only `resourceVersion` is missing in it. */
  adopt(form: Draft<KubeObject>): void {
    this.#labels = form.metadata.labels ?? noLabels;
    this.#fields = this.#fieldsOf(form);
    // Where readers may be shown something else, what that is has to be found out.
    if (!this.#current) return;
    form.metadata.resourceVersion = String(this.revision);
    this.#keep(asJson(form));
  }

  /** The same state under a later revision: what a watch reports of an object that is gone. */
  at(revision: number): StoredObject {
    const later = new StoredObject(this.family, this.key, this.value, revision);
    later.#labels = this.#labels;
    later.#fields = this.#fields;
    later.#current = this.#current;
    return later;
  }

  /** The object as another served version of its kind shows it. */
  as(kind: Kind): Encodable {
    if (kind === this.family.kind || !kind.storage) return this;
    this.#versions ??= new Map();
    let converted = this.#versions.get(kind);
    if (!converted) this.#versions.set(kind, (converted = new ConvertedObject(this, kind)));
    return converted;
  }

  release(): void {
    if (this.#decoded) this.#released = new WeakRef(this.#decoded);
    this.#decoded = undefined;
    this.#json = undefined;
  }

  #keep(decoded: KubeObject): KubeObject {
    this.#decoded = this.family.freeze ? deepFreeze(decoded) : decoded;
    this.#held();
    return decoded;
  }

  #held(): void {
    this.family.cache.add(this, this.value.length * decodedFactor + (this.#json?.length ?? 0));
  }

  #fieldsOf(object: KubeObject): readonly string[] {
    return this.family.fieldPaths.map((path) => fieldOf(this.family.kind, path, object));
  }
}

/** A stored object in a version other than the stored one, converted when asked for and held by the same cache. */
class ConvertedObject implements Encodable, Holder {
  readonly #source: StoredObject;
  readonly #kind: Kind;
  used = false;
  #object: KubeObject | undefined;
  #json: Uint8Array | undefined;

  constructor(source: StoredObject, kind: Kind) {
    this.#source = source;
    this.#kind = kind;
  }

  get object(): KubeObject {
    this.used = true;
    if (!this.#object) {
      const converted = convertFromStored(this.#kind, this.#source.decode());
      this.#object = this.#source.family.freeze ? deepFreeze(converted) : converted;
      this.#held();
    }
    return this.#object;
  }

  json(): readonly Uint8Array[] {
    this.used = true;
    if (!this.#json) {
      this.#json = utf8(stringifyJson(this.object));
      this.#held();
    }
    return [this.#json];
  }

  release(): void {
    this.#object = undefined;
    this.#json = undefined;
  }

  #held(): void {
    const size = this.#source.value.length;
    this.#source.family.cache.add(this, (this.#object ? size * decodedFactor : 0) + (this.#json?.length ?? 0));
  }
}

/** What somebody else put into the store may lack what the kind's reader counts on; then the field is absent. */
export function fieldOf(kind: Kind, path: string, object: KubeObject): string {
  try {
    return kind.selectableFields[path]?.(object) ?? '';
  } catch (error) {
    if (error instanceof TypeError) return '';
    throw error;
  }
}

/** From the stored version to `kind`'s. */
export function convertFromStored(kind: Kind, stored: Draft<KubeObject>): Draft<KubeObject> {
  if (!kind.storage) return stored;
  const converted = kind.storage.fromStored(stored);
  const { kind: name, apiVersion } = openingOf(kind);
  return { ...converted, kind: name, apiVersion };
}

/** From `kind`'s version to the stored one; the stored opening names kind and version. */
export const convertToStored = (kind: Kind, object: Draft<KubeObject>): Draft<KubeObject> =>
  kind.storage ? kind.storage.toStored(object) : object;

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
