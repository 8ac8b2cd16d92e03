import { sleep } from '../base/clock.ts';
import type { Env } from '../base/env.ts';
import { mayHaveBeenDone } from '../api/errors.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject, Status } from '../api/meta.ts';
import type { At, Client, List } from './client.ts';
import { keyOf, type Informer } from './informer.ts';
import { kindKey, type Informers } from './informers.ts';

/**
 * Remembers what was written through a client until the informers have seen it, so that nobody acts
 * on a copy older than its own writes. It takes the place of client-go's hand-kept expectations.
 */
export class OwnWrites {
  readonly #informers: Informers;
  readonly #env: Pick<Env, 'clock' | 'signal'>;
  readonly #onSettled: () => void;
  /** Writes of which nobody knows yet whether they were done. */
  #doubts = 0;
  readonly #watched: ReadonlySet<string>;
  /** The highest revision written, by kind. */
  readonly #written = new Map<string, { readonly kind: Kind; readonly revision: number }>();
  /** Deletions, whose revision nobody tells: by kind, uid to key. */
  readonly #deleted = new Map<string, { readonly kind: Kind; readonly keys: Map<string, string> }>();

  /**
   * Writes of other kinds than `watched` are not waited for: no informer will show them. `onSettled`
   * is told when a write has turned out done or not done whose answer was lost.
   */
  constructor(informers: Informers, watched: readonly Kind[], env: Pick<Env, 'clock' | 'signal'>, onSettled: () => void) {
    this.#informers = informers;
    this.#env = env;
    this.#onSettled = onSettled;
    this.#watched = new Set(watched.map(kindKey));
  }

  /** True when every informer has caught up with what was written. */
  get seen(): boolean {
    if (this.#doubts > 0) return false;
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
    const noted = async <O extends KubeObject>(kind: Kind<O>, namespace: string | undefined, write: Promise<O>): Promise<O> => {
      const object = await this.#orDoubt(kind, namespace, write);
      this.#note(kind, object);
      return object;
    };
    return {
      ...client,
      create: (kind, object, options) => noted(kind, object.metadata.namespace, client.create(kind, object, options)),
      update: (kind, object, options) => noted(kind, object.metadata.namespace, client.update(kind, object, options)),
      updateStatus: (kind, object, options) => noted(kind, object.metadata.namespace, client.updateStatus(kind, object, options)),
      patch: (kind, at, type, patch, options) => noted(kind, at.namespace, client.patch(kind, at, type, patch, options)),
      apply: (kind, object, options) => noted(kind, object.metadata.namespace, client.apply(kind, object, options)),
      delete: async <O extends KubeObject>(kind: Kind<O>, at: At, options = {}): Promise<O | Status> => {
        const before = this.#watched.has(kindKey(kind))
          ? this.#informers.of(kind).get(at.namespace ? `${at.namespace}/${at.name}` : at.name)
          : undefined;
        const result = await this.#orDoubt(kind, at.namespace, client.delete(kind, at, options));
        if (before) this.#noteDeletion(kind, before);
        return result;
      },
    };
  }

  /** Where the answer was lost, nothing is `seen` until the server has told what it has. */
  async #orDoubt<R>(kind: Kind, namespace: string | undefined, write: Promise<R>): Promise<R> {
    try {
      return await write;
    } catch (error) {
      if (this.#watched.has(kindKey(kind)) && mayHaveBeenDone(error)) void this.#clearUp(kind, namespace);
      throw error;
    }
  }

  async #clearUp(kind: Kind, namespace: string | undefined): Promise<void> {
    this.#doubts++;
    const { clock, signal } = this.#env;
    // Who may create need not be one who may list.
    const { reader } = this.#informers;
    while (!signal.aborted) {
      const list = await reader.list(kind, namespace === undefined ? {} : { namespace }).catch(() => undefined);
      if (!list) await sleep(clock, askAgainMs, signal);
      else {
        this.#takeOver(kind, namespace, list);
        break;
      }
    }
    this.#doubts--;
    this.#onSettled();
  }

  /** The informer must come to see all that the server has, and miss all that it has no more. It may be ahead of the list. */
  #takeOver(kind: Kind, namespace: string | undefined, { items, metadata }: List<KubeObject>): void {
    const present = new Set(items.map(keyOf));
    const listed = Number(metadata.resourceVersion);
    for (const item of items) this.#note(kind, item);
    for (const known of this.#informers.of(kind).list()) {
      const isWithin = namespace === undefined || known.metadata.namespace === namespace;
      const isNewer = Number(known.metadata.resourceVersion) > listed;
      if (isWithin && !isNewer && !present.has(keyOf(known))) this.#noteDeletion(kind, known);
    }
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

const askAgainMs = 1000;
