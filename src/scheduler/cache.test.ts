import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SchedulerCache } from './cache.ts';
import type { NodeInfo } from './framework.ts';
import { podInfoOf } from './pod-info.ts';
import { testNode, testPod } from './plugins/test-objects.ts';

const onNode = (name: string, nodeName: string, requests: Record<string, string> = { cpu: '1', memory: '1Gi' }) =>
  podInfoOf(testPod(name, { nodeName, requests }));

const antiAffinity = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { a: 'b' } } }],
  },
};

function cacheOf(...names: string[]): SchedulerCache {
  const cache = new SchedulerCache();
  for (const name of names) cache.putNode(testNode(name));
  return cache;
}

const used = (node: NodeInfo | undefined) => ({ pods: node?.pods.map(({ key }) => key), milliCpu: node?.requested.milliCpu });

test('an assumed pod takes room at once, and its confirmation takes no more', () => {
  const cache = cacheOf('n');
  const assumed = cache.assume(podInfoOf(testPod('p', { requests: { cpu: '1' } })), 'n');
  assert.equal(assumed.pod.spec.nodeName, 'n');
  assert.ok(cache.isAssumed('default/p'));
  assert.deepEqual(used(cache.node('n')), { pods: ['default/p'], milliCpu: 1000 });
  cache.putPod(onNode('p', 'n', { cpu: '1' }));
  assert.ok(!cache.isAssumed('default/p'));
  assert.deepEqual(used(cache.node('n')), { pods: ['default/p'], milliCpu: 1000 });
});

test('a pod that is bound elsewhere than assumed moves there', () => {
  const cache = cacheOf('n', 'm');
  cache.assume(podInfoOf(testPod('p', { requests: { cpu: '1' } })), 'n');
  cache.putPod(onNode('p', 'm', { cpu: '1' }));
  assert.deepEqual(used(cache.node('n')), { pods: [], milliCpu: 0 });
  assert.deepEqual(used(cache.node('m')), { pods: ['default/p'], milliCpu: 1000 });
});

test('forgetting takes back what was assumed, and nothing else', () => {
  const cache = cacheOf('n');
  cache.assume(podInfoOf(testPod('p')), 'n');
  cache.putPod(onNode('q', 'n'));
  cache.forget('default/p');
  cache.forget('default/q');
  assert.deepEqual(used(cache.node('n')), { pods: ['default/q'], milliCpu: 1000 });
});

test('pods that are seen before their node count when it comes, also when it comes again', () => {
  const cache = new SchedulerCache();
  cache.putPod(onNode('p', 'n'));
  cache.putPod(onNode('gone', 'n'));
  cache.removePod('default/gone');
  cache.putNode(testNode('n'));
  assert.deepEqual(used(cache.node('n')), { pods: ['default/p'], milliCpu: 1000 });
  cache.removeNode('n');
  assert.deepEqual(cache.nodes, []);
  cache.putNode(testNode('n'));
  assert.deepEqual(used(cache.node('n')), { pods: ['default/p'], milliCpu: 1000 });
});

test('a node that changes keeps its pods', () => {
  const cache = cacheOf('n');
  cache.putPod(onNode('p', 'n'));
  cache.putNode(testNode('n', { allocatable: { cpu: '8' } }));
  assert.equal(cache.node('n')?.allocatable.milliCpu, 8000);
  assert.deepEqual(used(cache.node('n')), { pods: ['default/p'], milliCpu: 1000 });
});

test('nodes with affinity are listed from their first such pod until the last has gone', () => {
  const cache = cacheOf('n', 'm');
  const names = () => cache.nodesWithRequiredAntiAffinityPods.map(({ name }) => name);
  assert.deepEqual(names(), []);
  cache.putPod(podInfoOf(testPod('p', { nodeName: 'm', affinity: antiAffinity })));
  cache.putPod(podInfoOf(testPod('q', { nodeName: 'm', affinity: antiAffinity })));
  assert.deepEqual(names(), ['m']);
  cache.removePod('default/p');
  assert.deepEqual(names(), ['m']);
  cache.removePod('default/q');
  assert.deepEqual(names(), []);
  assert.deepEqual(cache.nodesWithAffinityPods, []);
});

test('a node with affinity that goes is listed no more, and again when it comes back with its pods', () => {
  const cache = cacheOf('n', 'm', 'o');
  for (const name of ['n', 'm', 'o']) cache.putPod(podInfoOf(testPod(`on-${name}`, { nodeName: name, affinity: antiAffinity })));
  cache.removeNode('n');
  const names = () => cache.nodesWithAffinityPods.map(({ name }) => name).sort();
  assert.deepEqual(names(), ['m', 'o']);
  cache.putNode(testNode('n'));
  assert.deepEqual(names(), ['m', 'n', 'o']);
});

test('host ports are used until their pod has gone', () => {
  const cache = cacheOf('n');
  const web = testPod('web', { nodeName: 'n', containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 8080 }] }] });
  cache.putPod(podInfoOf(web));
  assert.deepEqual(cache.node('n')?.usedPorts, [{ protocol: 'TCP', hostIp: '0.0.0.0', port: 8080 }]);
  cache.removePod('default/web');
  assert.deepEqual(cache.node('n')?.usedPorts, []);
});

test('an image tells on how many nodes it is, on each of them', () => {
  const cache = new SchedulerCache();
  const withImage = (name: string, ...images: string[]) => ({
    ...testNode(name),
    status: { images: images.map((image) => ({ names: [image], sizeBytes: 10 })) },
  });
  cache.putNode(withImage('n', 'app', 'db'));
  cache.putNode(withImage('m', 'app'));
  assert.deepEqual(cache.node('n')?.images.get('app'), { sizeBytes: 10, nodes: 2 });
  cache.putNode(withImage('m', 'db'));
  assert.deepEqual(cache.node('n')?.images.get('app'), { sizeBytes: 10, nodes: 1 });
  cache.removeNode('n');
  assert.deepEqual(cache.node('m')?.images.get('db'), { sizeBytes: 10, nodes: 1 });
});
