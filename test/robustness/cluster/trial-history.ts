import type { KubeObject, OwnerReference } from '../../../src/api/meta.ts';
import type { Invariant } from './invariant.ts';
import { ClusterModel } from './model.ts';

/** A history made by hand, held against one invariant. Time moves only by `wait`. */
export class TrialHistory {
  readonly #invariant: Invariant;
  readonly #model = new ClusterModel();
  readonly said: string[] = [];
  #revision = 0;
  #nowMs = Date.UTC(2026, 0, 1);

  constructor(invariant: Invariant) {
    this.#invariant = invariant;
  }

  put(...objects: readonly KubeObject[]): this {
    for (const object of objects) this.#write(keyOf(object), object);
    return this;
  }

  drop(object: KubeObject): this {
    this.#write(keyOf(object), undefined);
    return this;
  }

  wait(ms: number): this {
    this.#nowMs += ms;
    return this;
  }

  /** What is wrong at the end, if this is it. */
  end(): readonly string[] {
    return this.#invariant.atEnd?.(this.#model, this.#nowMs) ?? [];
  }

  #write(key: string, object: KubeObject | undefined): void {
    const change = this.#model.write(key, object, ++this.#revision, this.#nowMs);
    const wrong = this.#invariant.see?.(change, this.#model);
    if (wrong !== undefined) this.said.push(wrong);
  }
}

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

type Parts = Readonly<Record<string, unknown>>;
export interface TrialObject extends KubeObject {
  readonly metadata: KubeObject['metadata'];
  readonly spec?: Parts;
  readonly status?: Parts;
}

export const object = (kind: string, name: string, parts: { readonly spec?: Parts; readonly status?: Parts } = {}): TrialObject => ({
  kind,
  apiVersion: 'v1',
  metadata: { namespace: 'default', name, uid: `uid-of-${name}`, generation: 1, labels: { app: 'a' } },
  ...parts,
});

export const withMeta = <O extends KubeObject>(one: O, metadata: KubeObject['metadata']): O => ({
  ...one,
  metadata: { ...one.metadata, ...metadata },
});

export function ownedBy<O extends KubeObject>(one: O, owner: KubeObject): O {
  const reference: OwnerReference = {
    apiVersion: 'v1',
    kind: owner.kind ?? '',
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
  };
  return withMeta(one, { ownerReferences: [reference] });
}

export const pod = (
  name: string,
  owner: KubeObject,
  { node = 'n1', ready = true, phase = 'Running', hash = 'h1', ip = '10.0.0.1' } = {},
): TrialObject =>
  withMeta(
    ownedBy(
      object('Pod', name, {
        spec: { nodeName: node, containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '1' } } }] },
        status: {
          phase,
          podIP: ip,
          conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
        },
      }),
      owner,
    ),
    { labels: { app: 'a', 'pod-template-hash': hash } },
  );

export const going = (one: TrialObject): TrialObject => withMeta(one, { deletionTimestamp: '2026-01-01T00:00:00Z' });

export const evicted = (one: TrialObject): TrialObject => {
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' };
  return going({ ...one, status: { ...one.status, conditions: [...((one.status?.['conditions'] ?? []) as object[]), condition] } });
};
