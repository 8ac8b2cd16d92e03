import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skip } from '../../framework.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { nodeName } from './plugin.ts';

test('a pod that names its node fits there alone; most pods name none', () => {
  const bench = new PluginBench(nodeName, { cluster: testCluster([testNode('a'), testNode('b')]) });
  assert.deepEqual(bench.verdicts(testPod('p', { nodeName: 'b' })), { a: "node(s) didn't match the requested node name", b: '' });
  assert.equal(bench.begin(testPod('p')), skip);
});
