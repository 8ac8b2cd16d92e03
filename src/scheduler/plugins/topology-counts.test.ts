import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  for (let i = 0; i < 15; i++) kept.of(`other ${i}`, nodes, podsByZone);
  assert.equal(kept.of('first', nodes, podsByZone), first);
  for (let i = 0; i < 16; i++) kept.of(`other ${i}`, nodes, podsByZone);
  assert.notEqual(kept.of('first', nodes, podsByZone), first);
});
