import type { Kind } from '../../../api/kind.ts';
import type { KubeObject } from '../../../api/meta.ts';
import type { Handle } from '../../framework.ts';

/**
 * Objects as they will be once what has been decided is written: later pods see them so already. Any
 * newer version in the API takes the place of what was assumed. Source: kube-scheduler's util/assumecache.
 */
export class Assumed<O extends KubeObject> {
  readonly #kind: Kind<O>;
  readonly #handle: Pick<Handle, 'get' | 'list'>;
  /** Each with the resourceVersion that it was made of. */
  readonly #assumed = new Map<string, O>();

  constructor(kind: Kind<O>, handle: Pick<Handle, 'get' | 'list'>) {
    this.#kind = kind;
    this.#handle = handle;
  }

  get(key: string): O | undefined {
    const written = this.inApi(key);
    return written && this.#current(key, written);
  }

  inApi(key: string): O | undefined {
    return this.#handle.get(this.#kind, key);
  }

  list(): readonly O[] {
    const written = this.#handle.list(this.#kind);
    return this.#assumed.size === 0 ? written : written.map((object) => this.#current(keyOf(object), object));
  }

  assume(object: O): void {
    this.#assumed.set(keyOf(object), object);
  }

  forget(object: O): void {
    this.#assumed.delete(keyOf(object));
  }

  #current(key: string, written: O): O {
    const assumed = this.#assumed.get(key);
    if (!assumed) return written;
    if (assumed.metadata.resourceVersion === written.metadata.resourceVersion) return assumed;
    this.#assumed.delete(key);
    return written;
  }
}

export const keyOf = ({ metadata: { namespace, name = '' } }: KubeObject): string => (namespace ? `${namespace}/${name}` : name);
