import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { MutableNode } from '../../node-info.ts';
import { podInfoOf } from '../../pod-info.ts';
import { PluginBench, rejectionText, testCluster, testNode, testPod } from '../test-objects.ts';
import { insufficient } from './insufficient.ts';
import { nodeResourcesFit } from './plugin.ts';
import { leastAllocated, mostAllocated, requestedToCapacity } from './scoring-strategy.ts';

const asking = (name: string, requests: Record<string, string>, nodeName = '') => testPod(name, { requests, nodeName });
const lacks = (
  wanted: Record<string, string>,
  { used = {}, allocatable = {} } = {},
  ignored?: Parameters<typeof insufficient>[2],
): string => {
  const node = new MutableNode(testNode('n', { allocatable }));
  node.add(podInfoOf(asking('there', used)));
  const verdict = insufficient(podInfoOf(asking('p', wanted)), node, ignored);
  return verdict ? rejectionText(verdict) : '';
};

describe('room on a node', () => {
  test('is there up to the last bit', () => {
    assert.equal(lacks({ cpu: '3', memory: '1Gi' }, { used: { cpu: '1', memory: '7Gi' } }), '');
    assert.equal(lacks({ cpu: '3001m' }, { used: { cpu: '1' } }), 'Unschedulable: Insufficient cpu');
  });

  test('each lack is named', () => {
    const used = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '1Gi' };
    const allocatable = { pods: '1', 'ephemeral-storage': '1Gi' };
    assert.equal(
      lacks({ cpu: '1', memory: '1Gi', 'ephemeral-storage': '1' }, { used, allocatable }),
      'Unschedulable: Too many pods, Insufficient cpu, Insufficient memory, Insufficient ephemeral-storage',
    );
  });

  test('what is more than the whole node has cannot be had by preemption', () => {
    assert.equal(lacks({ cpu: '5' }), 'UnschedulableAndUnresolvable: Insufficient cpu');
    assert.equal(lacks({ 'example.com/gpu': '1' }), 'UnschedulableAndUnresolvable: Insufficient example.com/gpu');
  });

  test('devices are counted by their name, but for those that others look after', () => {
    const allocatable = { 'example.com/gpu': '2' };
    assert.equal(lacks({ 'example.com/gpu': '2' }, { allocatable }), '');
    assert.equal(
      lacks({ 'example.com/gpu': '2' }, { allocatable, used: { 'example.com/gpu': '1' } }),
      'Unschedulable: Insufficient example.com/gpu',
    );
    assert.equal(lacks({ 'example.com/gpu': '3' }, {}, { resources: new Set(['example.com/gpu']), groups: new Set() }), '');
    assert.equal(lacks({ 'example.com/gpu': '3' }, {}, { resources: new Set(), groups: new Set(['example.com']) }), '');
  });

  test('a pod that asks for nothing still takes one of the places for pods', () => {
    assert.equal(lacks({}, { allocatable: { pods: '1' } }), 'Unschedulable: Too many pods');
    assert.equal(lacks({}, { used: { cpu: '4' } }), '');
  });
});

describe('scores', () => {
  test('by strategy', () => {
    assert.equal(leastAllocated(1, 3), 66);
    assert.equal(leastAllocated(4, 3), 0);
    assert.equal(mostAllocated(1, 3), 33);
    assert.equal(mostAllocated(4, 3), 100);
    const shape = requestedToCapacity([
      { utilization: 0, score: 10 },
      { utilization: 50, score: 2 },
      { utilization: 100, score: 0 },
    ]);
    assert.deepEqual(
      [0, 25, 50, 75, 100, 200].map((requested) => shape(requested, 100)),
      [100, 60, 20, 10, 0, 0],
    );
  });

  const cluster = testCluster([testNode('empty'), testNode('half')], [asking('there', { cpu: '2', memory: '4Gi' }, 'half')]);
  const scores = (args?: Record<string, unknown>) =>
    new PluginBench(nodeResourcesFit, { cluster, ...(args && { args }) }).scores(asking('p', { cpu: '1', memory: '2Gi' }));

  test('by default the emptier node is better', () => {
    assert.deepEqual(scores(), { empty: 75, half: 25 });
  });

  test('a profile may want nodes full, or by weights of its own', () => {
    assert.deepEqual(scores({ scoringStrategy: { type: 'MostAllocated' } }), { empty: 25, half: 75 });
    const resources = [{ name: 'cpu', weight: 3 }, { name: 'example.com/gpu' }];
    assert.deepEqual(scores({ scoringStrategy: { type: 'LeastAllocated', resources } }), { empty: 75, half: 25 });
    const requestedToCapacityRatio = {
      shape: [
        { utilization: 0, score: 0 },
        { utilization: 100, score: 10 },
      ],
    };
    assert.deepEqual(scores({ scoringStrategy: { type: 'RequestedToCapacityRatio', requestedToCapacityRatio } }), { empty: 25, half: 75 });
  });

  test('a container that asks for nothing is taken to need 100m and 200 MiB', () => {
    const bench = new PluginBench(nodeResourcesFit, {
      cluster: testCluster([testNode('n', { allocatable: { cpu: '1', memory: '400Mi' } })]),
    });
    assert.deepEqual(bench.scores(testPod('p')), { n: 70 });
  });
});

describe('helped', () => {
  const bench = new PluginBench(nodeResourcesFit);
  const pod = asking('p', { cpu: '2' });

  test('by a bound pod that goes or asks for less of what this one wants', () => {
    assert.ok(bench.helps(Pod, pod, { old: asking('other', { cpu: '1' }, 'n') }));
    assert.ok(!bench.helps(Pod, pod, { old: asking('other', { cpu: '1' }) }));
    assert.ok(bench.helps(Pod, pod, { old: asking('other', { cpu: '2' }, 'n'), now: asking('other', { cpu: '1' }, 'n') }));
    assert.ok(!bench.helps(Pod, pod, { old: asking('other', { memory: '2Gi' }, 'n'), now: asking('other', { memory: '1Gi' }, 'n') }));
    assert.ok(bench.helps(Pod, pod, { old: pod, now: asking('p', { cpu: '1' }) }));
  });

  test('by a node that is large enough, or has become larger', () => {
    assert.ok(bench.helps(Node, pod, { now: testNode('n') }));
    assert.ok(!bench.helps(Node, pod, { now: testNode('n', { allocatable: { cpu: '1' } }) }));
    assert.ok(bench.helps(Node, pod, { old: testNode('n'), now: testNode('n', { allocatable: { cpu: '8' } }) }));
    assert.ok(bench.helps(Node, pod, { old: testNode('n'), now: testNode('n', { allocatable: { pods: '200' } }) }));
    assert.ok(!bench.helps(Node, pod, { old: testNode('n'), now: testNode('n', { allocatable: { memory: '16Gi' } }) }));
  });
});
