import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { balanceScore, cpuAndMemoryScore, nodeResourcesBalancedAllocation } from './plugin.ts';

const bench = (args?: Record<string, unknown>) => {
  const nodes = ['even', 'cpu-heavy', 'memory-heavy'].map((name) => testNode(name));
  const there = [
    testPod('x', { nodeName: 'cpu-heavy', requests: { cpu: '2' } }),
    testPod('y', { nodeName: 'memory-heavy', requests: { memory: '4Gi' } }),
  ];
  return new PluginBench(nodeResourcesBalancedAllocation, { cluster: testCluster(nodes, there), ...(args && { args }) });
};

test('a pod is best where it makes the use of resources more even', () => {
  assert.deepEqual(bench().scores(testPod('p', { requests: { cpu: '2' } })), { even: 62, 'cpu-heavy': 62, 'memory-heavy': 87 });
});

test('a pod that changes no balance gets 75 everywhere', () => {
  assert.deepEqual(bench().scores(testPod('p', { requests: { cpu: '1', memory: '2Gi' } })), {
    even: 75,
    'cpu-heavy': 75,
    'memory-heavy': 75,
  });
});

test('a pod without requests is not scored, nor is one without those that count', () => {
  assert.equal(bench().scores(testPod('p')), undefined);
  assert.equal(bench({ resources: [{ name: 'example.com/gpu' }] }).scores(testPod('p', { requests: { cpu: '1' } })), undefined);
});

test('of the usual two resources the short way comes to the same', () => {
  const one = bench();
  const asked: Record<string, string>[] = [{ cpu: '1' }, { memory: '3Gi' }, { cpu: '500m', memory: '1Gi' }, { cpu: '9' }];
  for (const requests of asked) {
    const pod = one.info(testPod('p', { requests }));
    for (const node of one.cluster.nodes) assert.equal(cpuAndMemoryScore(pod, node), balanceScore(['cpu', 'memory'], pod, node));
  }
});
