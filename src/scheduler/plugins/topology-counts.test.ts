import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { podInfoOf } from '../pod-info.ts';
import { KeptCounts, TopologyCounts, type Contribute } from './topology-counts.ts';
import { testCluster, testNode, testPod } from './test-objects.ts';

const zoned = (name: string, zone: string) => testNode(name, { labels: { zone } });
const podsByZone: Contribute = ({ node, pods }, add) => {
  const zone = node.metadata.labels?.['zone'];
  if (zone !== undefined) add('zone', zone, pods.length);
};
const domains = (counts: TopologyCounts) => {
  const found: Record<string, number> = {};
  counts.eachDomain('zone', (value, amount) => (found[value] = amount));
  return found;
};

test('amounts of a domain are summed, and follow what comes and goes', () => {
  const cluster = testCluster(
    [zoned('a', 'x'), zoned('b', 'x'), zoned('c', 'y')],
    [testPod('p', { nodeName: 'a' }), testPod('q', { nodeName: 'b' })],
  );
  const counts = new TopologyCounts(podsByZone);
  counts.update(cluster.nodes);
  assert.deepEqual(domains(counts), { x: 2, y: 0 });
  assert.equal(counts.domainCount('zone'), 2);
  cluster.removePod('default/p');
  cluster.putPod(podInfoOf(testPod('r', { nodeName: 'c' })));
  counts.update(cluster.nodes);
  assert.deepEqual(domains(counts), { x: 1, y: 1 });
});

test('a node that moves takes its amount along; a domain without nodes is gone', () => {
  const cluster = testCluster([zoned('a', 'x'), zoned('c', 'y')], [testPod('p', { nodeName: 'a' })]);
  const counts = new TopologyCounts(podsByZone);
  counts.update(cluster.nodes);
  cluster.putNode(zoned('a', 'y'));
  counts.update(cluster.nodes);
  assert.deepEqual(domains(counts), { y: 1 });
  cluster.removeNode('a');
  counts.update(cluster.nodes);
  assert.deepEqual(domains(counts), { y: 0 });
  cluster.removeNode('c');
  counts.update(cluster.nodes);
  assert.ok(counts.isEmpty);
});

test('only nodes that have changed are looked at again', () => {
  const cluster = testCluster([zoned('a', 'x'), zoned('b', 'x'), zoned('c', 'y')]);
  const looked: string[] = [];
  const counts = new TopologyCounts((node, add) => {
    looked.push(node.name);
    podsByZone(node, add);
  });
  counts.update(cluster.nodes);
  looked.length = 0;
  cluster.putPod(podInfoOf(testPod('p', { nodeName: 'b' })));
  counts.update(cluster.nodes);
  assert.deepEqual(looked, ['b']);
});

test('what was counted before is kept, until too much else was', () => {
  const { nodes } = testCluster([zoned('a', 'x')]);
  const kept = new KeptCounts();
  const first = kept.of('first', nodes, podsByZone);
  for (let i = 0; i < 63; i++) kept.of(`other ${i}`, nodes, podsByZone);
  assert.equal(kept.of('first', nodes, podsByZone), first);
  for (let i = 0; i < 64; i++) kept.of(`other ${i}`, nodes, podsByZone);
  assert.notEqual(kept.of('first', nodes, podsByZone), first);
});

test('after any number of changes the counts are what they would be if counted anew', () => {
  const rng = seededRng(7);
  const pick = (items: readonly string[]) => items[rng.below(items.length)]!;
  const names = ['a', 'b', 'c', 'd'];
  const zones = ['x', 'y', 'z'];
  const cluster = testCluster(names.map((name) => zoned(name, pick(zones))));
  const counts = new TopologyCounts(podsByZone);
  const put = () => cluster.putPod(podInfoOf(testPod(`p${rng.below(20)}`, { nodeName: pick(names) })));
  const remove = () => cluster.removePod(`default/p${rng.below(20)}`);
  const move = () => cluster.putNode(rng.below(4) === 0 ? testNode(pick(names)) : zoned(pick(names), pick(zones)));
  const drop = () => cluster.removeNode(pick(names));
  const changes = [put, put, put, remove, move, move, drop];
  for (let step = 0; step < 500; step++) {
    changes[rng.below(changes.length)]!();
    if (rng.below(3) === 0) continue;
    counts.update(cluster.nodes);
    const anew = new TopologyCounts(podsByZone);
    anew.update(cluster.nodes);
    assert.deepEqual(domains(counts), domains(anew), `after ${step} changes`);
    assert.deepEqual(counts.keys, anew.keys);
  }
});
