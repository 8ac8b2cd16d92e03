import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { seededRng } from '../base/rng.ts';
import { ConfigMap } from '../api/kinds/core/configmap.ts';
import type { ConfigMap as ConfigMapType } from '../api/generated/core/v1.ts';
import { ClusterRole } from '../api/kinds/rbac/clusterrole.ts';
import { ClusterRoleBinding } from '../api/kinds/rbac/clusterrolebinding.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { defineController, runController } from './controller.ts';
import { faultyApi, type FaultRates } from './fault-injection.ts';
import { Informers } from './informers.ts';
import { typedClient } from './typed-client.ts';

const administrator = { by: 'identity', user: { name: 'admin', groups: ['system:masters'] } } as const;

describe('a bad network', () => {
  let plane: VirtualControlPlane;
  let rates: FaultRates | undefined;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
    rates = undefined;
  });
  afterEach(() => plane[Symbol.dispose]());

  const badClient = (seed: number) =>
    typedClient({
      api: faultyApi({ api: plane.api.call, clock: plane.clock, rng: seededRng(seed), rates: () => rates }),
      credentials: administrator,
    });
  const names = async (): Promise<string[]> =>
    (await plane.client.list(ConfigMap, { namespace: 'default' })).items.map(({ metadata }) => metadata.name!);

  test('a lost answer leaves what was done', async () => {
    rates = { answerLost: 1 };
    await assert.rejects(badClient(1).create(ConfigMap, { metadata: { namespace: 'default', name: 'a' } }), { code: 504 });
    assert.deepEqual(await names(), ['a']);
    rates = { refused: 1 };
    await assert.rejects(badClient(1).create(ConfigMap, { metadata: { namespace: 'default', name: 'b' } }));
    assert.deepEqual(await names(), ['a']);
  });

  test('an informer over a bad network ends with what there is', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const informers = new Informers(badClient(seed), { clock: plane.clock, rng: seededRng(seed), signal: plane.env.signal });
      rates = { refused: 0.2, late: 0.3, frameLate: 0.3, frameTwice: 0.3, watchBroken: 0.1, watchExpired: 0.2 };
      const seen = informers.of<ConfigMapType>(ConfigMap);
      for (let n = 0; n < 20; n++) {
        await plane.client.apply(
          ConfigMap,
          { metadata: { namespace: 'default', name: `c${n % 7}` }, data: { n: `${seed}-${n}` } },
          { fieldManager: 't' },
        );
        if (n % 5 === 4) await plane.client.delete(ConfigMap, { namespace: 'default', name: `c${n % 7}` });
        await plane.clock.advance(200);
      }
      rates = undefined;
      await plane.clock.advance(120_000);
      const { items } = await plane.client.list(ConfigMap);
      assert.deepEqual(
        seen
          .list()
          .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
          .toSorted(),
        items.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).toSorted(),
        `seed ${seed}`,
      );
    }
  });

  test('a controller whose answers are lost does nothing twice', async () => {
    const client = badClient(3);
    const informers = new Informers(client, plane.env);
    const threeCopies = defineController<ConfigMapType>({
      name: 'copies',
      for: ConfigMap,
      async reconcile({ metadata: { name, namespace, labels } }, context) {
        if (labels?.['copy']) return;
        const copies = context.list<ConfigMapType>(ConfigMap, namespace).filter((one) => one.metadata.labels?.['copy'] === name);
        for (let n = copies.length; n < 3; n++)
          await context.client.create(ConfigMap, { metadata: { namespace, generateName: `${name}-`, labels: { copy: name! } } });
      },
    });
    await runController(threeCopies, client, informers, plane.env);
    rates = { answerLost: 0.5, frameLate: 0.5, latencyMs: 2_000 };
    for (let n = 0; n < 10; n++) await plane.client.create(ConfigMap, { metadata: { namespace: 'default', name: `c${n}` } });
    await plane.clock.advance(600_000);
    assert.equal((await names()).length, 40);
  });

  test('a controller that may not list, and whose answer is lost, goes on all the same', async () => {
    const handled: string[] = [];
    const user = { name: 'writer', groups: ['system:authenticated'] };
    await plane.client.create(ClusterRole, {
      metadata: { name: 'writer' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }],
    });
    await plane.client.create(ClusterRoleBinding, {
      metadata: { name: 'writer' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'writer' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'writer' }],
    });
    const writer = typedClient({
      api: faultyApi({ api: plane.api.call, clock: plane.clock, rng: seededRng(1), rates: () => rates }),
      credentials: { by: 'identity', user },
    });
    const copying = defineController<ConfigMapType>({
      name: 'copying',
      for: ConfigMap,
      async reconcile({ metadata: { name, namespace } }, { client, get }) {
        handled.push(name!);
        if (!name!.endsWith('-copy') && !get(ConfigMap, `${namespace}/${name}-copy`))
          await client.create(ConfigMap, { metadata: { namespace, name: `${name}-copy` } });
      },
    });
    await runController(copying, writer, new Informers(plane.client, plane.env), plane.env);
    rates = { answerLost: 1 };
    await plane.client.create(ConfigMap, { metadata: { namespace: 'default', name: 'a' } });
    await plane.clock.advance(1_000);
    rates = undefined;
    await plane.client.create(ConfigMap, { metadata: { namespace: 'default', name: 'b' } });
    await plane.clock.advance(5_000);
    assert.deepEqual((await names()).toSorted(), ['a', 'a-copy', 'b', 'b-copy']);
    assert.ok(handled.includes('b-copy'));
  });
});
