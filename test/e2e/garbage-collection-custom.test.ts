import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { CustomResourceDefinition } from '../../src/api/kinds/apiextensions/customresourcedefinition.ts';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { defineKind, type Kind } from '../../src/api/kind.ts';
import type { CustomResourceDefinition as Definition } from '../../src/api/generated/apiextensions/v1.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { startCluster, type Cluster } from '../../src/cluster/index.ts';

const Widget = defineKind<KubeObject>({
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
  schema: () => ({ type: 'any' }),
});

const definition: Pick<Definition, 'metadata' | 'spec'> = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

let cluster: Cluster;
describe('garbage collection custom', () => {
  before(async () => {
    cluster = await startCluster();
    await cluster.client.create(CustomResourceDefinition, definition as Definition);
    await eventually(() => cluster.client.list(Widget).then(() => true));
  });
  after(() => cluster.stop());

  test('objects owned by a custom resource go with it, and custom resources with their owner', async () => {
    const { client } = cluster;
    const at = (name: string) => ({ namespace: 'default', name });
    const parent = await client.create(Widget, { metadata: at('parent') });
    await client.create(ConfigMap, { metadata: { ...at('of-widget'), ownerReferences: [reference('example.com/v1', 'Widget', parent)] } });
    const owner = await client.create(ConfigMap, { metadata: at('owner') });
    await client.create(Widget, { metadata: { ...at('of-map'), ownerReferences: [reference('v1', 'ConfigMap', owner)] } });

    await client.delete(Widget, at('parent'));
    await client.delete(ConfigMap, at('owner'));
    await eventually(async () => (await names(Widget)).length === 0 && !(await names(ConfigMap)).includes('of-widget'));
  });

  test('orphaned custom resources lose their owner and stay', async () => {
    const { client } = cluster;
    const owner = await client.create(ConfigMap, { metadata: { namespace: 'default', name: 'owner' } });
    await client.create(Widget, {
      metadata: { namespace: 'default', name: 'kept', ownerReferences: [reference('v1', 'ConfigMap', owner)] },
    });
    await client.delete(ConfigMap, { namespace: 'default', name: 'owner' }, { propagationPolicy: 'Orphan' });
    await eventually(async () => !(await names(ConfigMap)).includes('owner'));
    const kept = await client.get(Widget, { namespace: 'default', name: 'kept' });
    assert.deepEqual(kept.metadata.ownerReferences ?? [], []);
  });

  const reference = (apiVersion: string, kind: string, { metadata }: KubeObject) => ({
    apiVersion,
    kind,
    name: metadata.name!,
    uid: metadata.uid!,
  });

  async function names(kind: Kind): Promise<string[]> {
    const { items } = await cluster.client.list(kind, { namespace: 'default' });
    return items.map((item) => item.metadata.name!);
  }

  async function eventually(holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (await holds().catch(() => false)) return;
      await sleep(25);
    }
    assert.fail('it did not come about within 5 s');
  }
});
