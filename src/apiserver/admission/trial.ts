/** For tests of plugins: requests as the registry makes them, and a reader of given objects. */
import type { Clock } from '../../base/clock.ts';
import type { ResourceCall, User } from '../../api/call.ts';
import type { Draft } from '../../api/draft.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../ports.ts';

export const readerOf = (...given: readonly (readonly [Kind, object])[]): ObjectReader => {
  const stored = given.map(([kind, object]) => [kind, object as KubeObject] as const);
  const all = <O extends KubeObject>(kind: Kind<O>, namespace?: string) =>
    stored
      .filter(
        ([of, { metadata }]) => of.plural === kind.plural && of.group === kind.group && (!namespace || metadata.namespace === namespace),
      )
      .map(([, object]) => object as O);
  return {
    get: (kind, namespace, name) => Promise.resolve(all(kind, namespace).find(({ metadata }) => metadata.name === name)),
    list: (kind, namespace) => Promise.resolve(all(kind, namespace)),
  };
};

export const stillClock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };

export interface Trial {
  readonly kind: Kind;
  readonly object?: object;
  readonly old?: object;
  readonly operation?: AdmissionRequest['operation'];
  readonly subresource?: string;
  readonly user?: User;
  readonly name?: string;
  readonly namespace?: string;
}

export function requestOf({ kind, object, old, operation, subresource, user, name, namespace }: Trial): AdmissionRequest {
  const draft = object && ({ metadata: {}, ...structuredClone(object) } as Draft<KubeObject>);
  const before = old && ({ metadata: {}, ...old } as KubeObject);
  const inNamespace = kind.namespaced ? (namespace ?? draft?.metadata.namespace ?? 'ns') : undefined;
  return {
    call: {} as ResourceCall,
    user: user ?? { name: 'jane', groups: [] },
    kind,
    operation: operation ?? (old ? 'UPDATE' : 'CREATE'),
    ...(inNamespace !== undefined && { namespace: inNamespace }),
    name: name ?? draft?.metadata.name ?? before?.metadata.name ?? '',
    ...(subresource !== undefined && { subresource }),
    ...(draft && { object: draft }),
    ...(before && { old: before }),
    dryRun: false,
    warn: () => undefined,
  };
}

/** Mutates and validates; resolves to the object as it goes on. */
export async function admit<O extends KubeObject>(plugin: AdmissionPlugin, trial: Trial): Promise<O> {
  const request = requestOf(trial);
  await plugin.mutate?.(request);
  await plugin.validate?.(request);
  return request.object as unknown as O;
}
