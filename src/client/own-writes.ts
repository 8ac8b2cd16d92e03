import type { Kind } from '../api/kind.ts';
import type { KubeObject, Status } from '../api/meta.ts';
import type { Client } from './client.ts';
import { keyOf, type Informer } from './informer.ts';
import { kindKey, type Informers } from './informers.ts';

/**
 * Remembers what was written through a client until the informers have seen it, so that nobody acts
 * on a copy older than its own writes. It takes the place of client-go's hand-kept expectations.
 */
export class OwnWrites {
  readonly #informers: Informers;
  readonly #watched: ReadonlySet<string>;
  /** The highest revision written, by kind. */
  readonly #written = new Map<string, { readonly kind: Kind; readonly revision: number }>();
  /** Deletions, whose revision nobody tells: by kind, uid to key. */
  readonly #deleted = new Map<string, { readonly kind: Kind; readonly keys: Map<string, string> }>();

  /** Writes of other kinds than `watched` are not waited for: no informer will show them. */
  constructor(informers: Informers, watched: readonly Kind[]) {
    this.#informers = informers;
    this.#watched = new Set(watched.map(kindKey));
  }

  /** True when every informer has caught up with what was written. */
  get seen(): boolean {
    for (const [name, { kind, revision }] of this.#written) {
      if (Number(this.#informers.of(kind).revision) < revision) return false;
      this.#written.delete(name);
    }
    for (const [name, { kind, keys }] of this.#deleted) {
      const informer = this.#informers.of(kind);
      for (const [uid, key] of keys) if (isGone(informer, key, uid)) keys.delete(uid);
      if (keys.size > 0) return false;
      this.#deleted.delete(name);
    }
    return true;
  }

  /** The same client, noted down. */
  through(client: Client): Client {
    const noted = async <O extends KubeObject>(kind: Kind<O>, write: Promise<O>): Promise<O> => {
      const object = await write;
      this.#note(kind, object);
      return object;
    };
    return {
      ...client,
      create: (kind, object, options) => noted(kind, client.create(kind, object, options)),
      update: (kind, object, options) => noted(kind, client.update(kind, object, options)),
      updateStatus: (kind, object, options) => noted(kind, client.updateStatus(kind, object, options)),
      patch: (kind, at, type, patch, options) => noted(kind, client.patch(kind, at, type, patch, options)),
      apply: (kind, object, options) => noted(kind, client.apply(kind, object, options)),
      delete: async <O extends KubeObject>(
        kind: Kind<O>,
        at: { readonly namespace?: string; readonly name: string },
        options = {},
      ): Promise<O | Status> => {
        const before = this.#watched.has(kindKey(kind))
          ? this.#informers.of(kind).get(at.namespace ? `${at.namespace}/${at.name}` : at.name)
          : undefined;
        const result = await client.delete(kind, at, options);
        if (before) this.#noteDeletion(kind, before);
        return result;
      },
    };
  }

  #note(kind: Kind, { metadata }: KubeObject): void {
    const name = kindKey(kind);
    const revision = Number(metadata.resourceVersion ?? 0);
    if (this.#watched.has(name) && revision > (this.#written.get(name)?.revision ?? 0)) this.#written.set(name, { kind, revision });
  }

  #noteDeletion(kind: Kind, object: KubeObject): void {
    const name = kindKey(kind);
    const deleted = this.#deleted.get(name) ?? { kind, keys: new Map<string, string>() };
    deleted.keys.set(object.metadata.uid ?? '', keyOf(object));
    this.#deleted.set(name, deleted);
  }
}

/** Gone, replaced by another, or at least seen to be going. */
function isGone(informer: Informer<KubeObject>, key: string, uid: string): boolean {
  const object = informer.get(key);
  return object === undefined || object.metadata.uid !== uid || object.metadata.deletionTimestamp !== undefined;
}
