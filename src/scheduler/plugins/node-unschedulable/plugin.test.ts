import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Node } from '../../../api/kinds/core/node.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { nodeUnschedulable } from './plugin.ts';

const cordoned = testNode('a', { unschedulable: true });
const bench = () => new PluginBench(nodeUnschedulable, { cluster: testCluster([cordoned, testNode('b')]) });

test('a cordoned node takes no pods, but for those that bear the taint', () => {
  assert.deepEqual(bench().verdicts(testPod('p')), { a: 'node(s) were unschedulable', b: '' });
  const bearing = testPod('p', { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }] });
  assert.deepEqual(bench().verdicts(bearing), { a: '', b: '' });
});

test('an uncordoned or a new node helps, a cordoned one does not', () => {
  const pod = testPod('p');
  assert.ok(bench().helps(Node, pod, { old: cordoned, now: testNode('a') }));
  assert.ok(bench().helps(Node, pod, { now: testNode('a') }));
  assert.ok(!bench().helps(Node, pod, { now: cordoned }));
  assert.ok(!bench().helps(Node, pod, { old: testNode('a'), now: testNode('a') }));
});
