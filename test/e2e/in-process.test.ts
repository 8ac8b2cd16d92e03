/** The library: a cluster and a client without a socket between them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { realClock } from '../../src/machine/real/clock.ts';
import { seededRng } from '../../src/base/rng.ts';
import type { ConfigMap as ConfigMapObject } from '../../src/api/generated/core/v1.ts';
import { isConflict, isNotFound } from '../../src/api/errors.ts';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Informer, type Change } from '../../src/client/informer.ts';
import { startCluster, type Cluster } from '../../src/cluster/index.ts';

let cluster: Cluster;
describe('in process', () => {
  before(async () => {
    cluster = await startCluster({ workers: 1 });
  });
  after(() => cluster.stop());

  const namespace = 'default';
  const configMap = (name: string, data: Record<string, string> = {}): ConfigMapObject => ({ metadata: { name, namespace }, data });

  async function until(what: () => boolean): Promise<void> {
    for (let left = 250; !what(); left--) {
      assert.ok(left > 0, 'it did not come about');
      await setTimeout(10);
    }
  }

  test('the client creates, reads, changes, applies and deletes', async () => {
    const { client } = cluster;
    assert.deepEqual(
      (await client.list(Node)).items.map(({ metadata }) => metadata.name),
      ['slipway-control-plane', 'slipway-worker'],
    );
    const created = await client.create(ConfigMap, configMap('a', { k: '1' }));
    const updated = await client.update(ConfigMap, { ...created, data: { k: '2' } });
    await assert.rejects(client.update(ConfigMap, { ...created, data: { k: '3' } }), (error) => isConflict(error));
    const patched = await client.patch(ConfigMap, { namespace, name: 'a' }, 'merge', { data: { more: 'x' } });
    assert.deepEqual(patched.data, { k: '2', more: 'x' });
    assert.notEqual(patched.metadata.resourceVersion, updated.metadata.resourceVersion);
    const applied = await client.apply(ConfigMap, configMap('a', { k: '4' }), { fieldManager: 'me', force: true });
    assert.deepEqual(applied.data, { k: '4', more: 'x' });
    await client.delete(ConfigMap, { namespace, name: 'a' });
    await assert.rejects(client.get(ConfigMap, { namespace, name: 'a' }), (error) => isNotFound(error));
  });

  test('an informer keeps a copy, and tells of each change once', async () => {
    const { client } = cluster;
    await client.create(ConfigMap, configMap('there'));
    const informer = new Informer({
      kind: ConfigMap,
      client,
      clock: realClock,
      rng: seededRng(1),
      within: { namespace },
      fieldSelector: 'metadata.name!=kube-root-ca.crt',
    });
    const seen: string[] = [];
    informer.onChange(({ now, old }: Change<ConfigMapObject>) => {
      seen.push(`${old ? (now ? 'changed' : 'gone') : 'new'} ${(now ?? old).metadata.name}`);
    });
    const stop = new AbortController();
    await informer.start(stop.signal);
    await client.create(ConfigMap, configMap('b'));
    await client.patch(ConfigMap, { namespace, name: 'b' }, 'merge', { data: { k: 'v' } });
    await client.delete(ConfigMap, { namespace, name: 'there' });
    await until(() => seen.length === 4);
    assert.deepEqual(seen, ['new there', 'new b', 'changed b', 'gone there']);
    assert.deepEqual(informer.get('default/b')?.data, { k: 'v' });
    stop.abort();
    await client.delete(ConfigMap, { namespace, name: 'b' });
    await setTimeout(20);
    assert.equal(seen.length, 4, 'a stopped informer hears nothing more');
  });

  test('what is asked of a stopped cluster is refused, and does not hang', async () => {
    const other = await startCluster();
    await other.stop();
    await assert.rejects(other.client.create(ConfigMap, configMap('late')));
  });
});
