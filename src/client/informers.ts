import type { Env } from '../base/env.ts';
import type { Pod } from '../api/generated/core/v1.ts';
import type { Kind } from '../api/kind.ts';
import { apiVersionOf, type KubeObject } from '../api/meta.ts';
import { claimsOf } from '../api/volumes/claims-of-pod.ts';
import type { Client } from './client.ts';
import { Informer } from './informer.ts';

/** The name of the index by controller owner's uid, which every shared informer has; those without one are under `orphansOf`. */
export const byOwner = 'owner';
export const orphansOf = (namespace: string): string => `orphans/${namespace}`;
export const byNamespace = 'namespace';
/** Pods by the node to which they are bound; '' finds those that wait for one. Their informer alone has this index. */
export const byNode = 'node';
/** Pods by each claim that they mount, as `namespace/name`; of their informer alone, too. */
export const byClaim = 'claim';

/** One informer a kind, shared by all who ask in the process; started when first asked for. */
export class Informers {
  readonly #client: Client;
  readonly #env: Pick<Env, 'clock' | 'rng' | 'signal'>;
  readonly #informers = new Map<string, Shared>();

  readonly #transform: ((object: KubeObject) => KubeObject) | undefined;

  /** `transform`: what is kept of each object; all of it when absent. */
  constructor(client: Client, env: Pick<Env, 'clock' | 'rng' | 'signal'>, transform?: (object: KubeObject) => KubeObject) {
    this.#client = client;
    this.#env = env;
    this.#transform = transform;
  }

  /** The client that reads for them, with rights that a controller's own client may not have. */
  get reader(): Client {
    return this.#client;
  }

  of<O extends KubeObject>(kind: Kind<O>): Informer<O> {
    const name = kindKey(kind);
    let shared = this.#informers.get(name);
    if (!shared) {
      const { clock, rng, signal } = this.#env;
      const informer = new Informer<KubeObject>({
        kind: kind,
        client: this.#client,
        ...(this.#transform && { transform: this.#transform }),
        clock,
        rng,
        indexes: {
          [byOwner]: (object) => ownerUids(object),
          [byNamespace]: (object) => [object.metadata.namespace ?? ''],
          ...(kind.group === '' && kind.kind === 'Pod' && { [byNode]: nodeOf, [byClaim]: claimKeysOf }),
        },
      });
      const life = new AbortController();
      shared = { informer, life, synced: informer.start(AbortSignal.any([signal, life.signal])) };
      this.#informers.set(name, shared);
    }
    return shared.informer as unknown as Informer<O>;
  }

  /** Ends a kind's informer, for a kind that is served no more; its listeners hear nothing further. */
  forget(kind: Kind): void {
    this.#informers.get(kindKey(kind))?.life.abort();
    this.#informers.delete(kindKey(kind));
  }

  /** Resolves when all that were asked for so far have their first list. */
  async synced(): Promise<void> {
    await Promise.all(Array.from(this.#informers.values(), ({ synced }) => synced));
  }
}

interface Shared {
  readonly informer: Informer<KubeObject>;
  readonly life: AbortController;
  readonly synced: Promise<void>;
}

export const kindKey = (kind: Pick<Kind, 'group' | 'version' | 'kind'>): string => `${apiVersionOf(kind)}/${kind.kind}`;

// A copy that keeps only metadata has no spec.
const nodeOf = (pod: KubeObject): string[] => [(pod as Partial<Pod>).spec?.nodeName ?? ''];
const claimKeysOf = (pod: KubeObject): string[] =>
  (pod as Partial<Pod>).spec ? claimsOf(pod as Pod).map((name) => `${pod.metadata.namespace}/${name}`) : [];

function ownerUids({ metadata }: KubeObject): string[] {
  const uids = (metadata.ownerReferences ?? []).filter((owner) => owner.controller).map((owner) => owner.uid);
  return uids.length > 0 ? uids : [orphansOf(metadata.namespace ?? '')];
}
