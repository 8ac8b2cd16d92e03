import { seededCrypto } from '../../base/seeded-crypto.ts';
import { seededRng } from '../../base/rng.ts';
import type { ApiResult, ResourceCall } from '../../api/call.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { put, trialStorages } from '../cache/trial.ts';
import { Admission } from './admission.ts';
import type { RequestTo } from './request.ts';

/** Makes requests about objects in a store in memory, without the chain before them. For tests. */
export function trialRegistry() {
  const { clock, storages } = trialStorages();
  const storageOf = (kind: Kind) => storages.of(kind);
  const rng = seededRng(1);
  const deps = { clock, rng, crypto: seededCrypto(rng), admission: new Admission([]), hooks: [], storageOf };

  /** A request about `name` in `namespace` (`default` when absent); `call` is what its verb takes. */
  function request<Verb extends ResourceCall['verb']>(
    kind: Kind,
    subresource: string,
    name: string,
    call: { readonly verb: Verb } & Record<string, unknown>,
  ): RequestTo<Verb> {
    const namespace = kind.namespaced ? { namespace: 'default' } : {};
    const resource = { group: kind.group, version: kind.version, resource: kind.plural, subresource, name, ...namespace };
    const user = { name: 'jane', groups: [] };
    const context = { receivedMs: clock.now(), user, auditId: '1', warnings: [] };
    const credentials = { by: 'identity', user } as const;
    return {
      call: { credentials, userAgent: 'trial/1', resource, ...call },
      context,
      kind,
      storage: storageOf(kind),
      name,
      ...namespace,
    } as never;
  }

  const keep = async (kind: Kind, object: object) => (await put(storageOf(kind), object as KubeObject)).object;
  async function stored<O extends KubeObject>(kind: Kind, name: string): Promise<O | undefined> {
    const storage = storageOf(kind);
    return (await storage.get(storage.keyOf(kind.namespaced ? 'default' : undefined, name)))?.object as O | undefined;
  }
  return { deps, request, put: keep, stored };
}

/** The answer's object, as plain JSON. */
export function answered(result: ApiResult): Record<string, unknown> {
  if (result.type !== 'object') throw new Error(`the answer is ${result.type}`);
  return JSON.parse(JSON.stringify(result.value.object)) as Record<string, unknown>;
}
