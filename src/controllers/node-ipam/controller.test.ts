import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Event } from '../../api/kinds/core/event.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { CidrPool } from './cidr-pool.ts';

describe('CidrPool', () => {
  test('gives the first free subnet first, and again what was released', () => {
    const pool = new CidrPool('10.244.0.0/16', 24);
    assert.deepEqual([pool.allocate('a'), pool.allocate('b'), pool.allocate('c')], ['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']);
    pool.release('10.244.1.0/24', 'b');
    assert.deepEqual([pool.allocate('d'), pool.allocate('e')], ['10.244.1.0/24', '10.244.3.0/24']);
  });

  test('passes over what is occupied, also by larger ranges', () => {
    const pool = new CidrPool('10.0.0.0/16', 24);
    assert.equal(pool.occupy('10.0.0.0/23', 'a'), true);
    assert.equal(pool.occupy('10.0.1.0/24', 'b'), false);
    assert.equal(pool.occupy('10.1.0.0/24', 'b'), false);
    assert.equal(pool.allocate('b'), '10.0.2.0/24');
    pool.release('10.0.0.0/23', 'b');
    assert.equal(pool.allocate('c'), '10.0.3.0/24');
    pool.release('10.0.0.0/23', 'a');
    assert.equal(pool.allocate('c'), '10.0.0.0/24');
  });

  test('ends when nothing is left, and parts IPv6 too', () => {
    const pool = new CidrPool('fd00:10:244::/63', 64);
    assert.deepEqual([pool.allocate('a'), pool.allocate('b'), pool.allocate('c')], ['fd00:10:244::/64', 'fd00:10:244:1::/64', undefined]);
  });

  test('does not take what it cannot part', () => {
    for (const [text, mask] of [
      ['10.0.0.0', 24],
      ['10.0.0.0/25', 24],
      ['fd00::/40', 64],
    ] as const)
      assert.throws(() => new CidrPool(text, mask), RangeError, text);
  });
});

describe('node ipam controller', () => {
  const add = async (plane: VirtualControlPlane, name: string, podCIDR?: string) => {
    const spec = podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] };
    await plane.client.create(Node, { metadata: { name }, spec, status: {} });
    await plane.clock.advance(100);
  };
  const rangesOf = async (plane: VirtualControlPlane, name: string) => (await plane.client.get(Node, { name })).spec?.podCIDRs;

  test('each node gets its own range, of each family, and its range is free when it goes', async () => {
    using plane = await startVirtualControlPlane({ flags: { clusterCidr: '10.244.0.0/16,fd00::/56' } });
    await add(plane, 'a', '10.244.0.0/24');
    await add(plane, 'b');
    await add(plane, 'c');
    assert.deepEqual(await rangesOf(plane, 'b'), ['10.244.1.0/24', 'fd00::/64']);
    assert.deepEqual(await rangesOf(plane, 'c'), ['10.244.2.0/24', 'fd00:0:0:1::/64']);
    await plane.client.delete(Node, { name: 'b' });
    await plane.clock.advance(100);
    await add(plane, 'd');
    assert.deepEqual(await rangesOf(plane, 'd'), ['10.244.1.0/24', 'fd00::/64']);
  });

  test('who gets none hears so, and gets one as soon as another goes', async () => {
    using plane = await startVirtualControlPlane({ flags: { clusterCidr: '10.0.0.0/24' } });
    await add(plane, 'a');
    await add(plane, 'b');
    const events = (await plane.client.list(Event)).items.filter(({ reason }) => reason === 'CIDRNotAvailable');
    assert.deepEqual(
      events.map(({ message }) => message),
      ['Node b status is now: CIDRNotAvailable'],
    );
    await plane.client.delete(Node, { name: 'a' });
    await plane.until(async () => (await rangesOf(plane, 'b'))?.[0] === '10.0.0.0/24');
  });

  test('without a cluster CIDR nodes get none', async () => {
    using plane = await startVirtualControlPlane();
    await add(plane, 'a');
    assert.equal(await rangesOf(plane, 'a'), undefined);
  });
});
