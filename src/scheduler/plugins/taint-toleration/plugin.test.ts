import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Taint, Toleration } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { PluginBench, testCluster, testNode, testPod } from '../test-objects.ts';
import { taintToleration } from './plugin.ts';

const tainted = (name: string, ...taints: Taint[]) => testNode(name, { taints });
const hard: Taint = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
const soft = (key: string): Taint => ({ key, effect: 'PreferNoSchedule' });
const bears = (key: string, effect?: Toleration['effect']): Toleration => ({ key, operator: 'Exists', ...(effect && { effect }) });

test('a taint that is not borne turns the pod away, without telling which', () => {
  const cluster = testCluster([tainted('a', hard), tainted('b', soft('x')), testNode('c')]);
  const refused = 'node(s) had untolerated taint(s)';
  assert.deepEqual(new PluginBench(taintToleration, { cluster }).verdicts(testPod('p')), { a: refused, b: '', c: '' });
  assert.equal(new PluginBench(taintToleration, { cluster }).verdicts(testPod('p', { tolerations: [bears('gpu')] }))['a'], '');
});

test('the fewer soft taints are not borne, the better', () => {
  const cluster = testCluster([tainted('none'), tainted('one', soft('x'), soft('y')), tainted('two', soft('y'), soft('z'))]);
  const pod = testPod('p', { tolerations: [bears('x'), bears('z', 'NoExecute')] });
  assert.deepEqual(new PluginBench(taintToleration, { cluster }).scores(pod), { none: 100, one: 50, two: 0 });
});

test('without soft taints there is nothing to score', () => {
  assert.equal(new PluginBench(taintToleration, { cluster: testCluster([tainted('a', hard)]) }).scores(testPod('p')), undefined);
});

test('helped by a taint that goes, a node without, and a toleration of its own', () => {
  const bench = new PluginBench(taintToleration);
  const pod = testPod('p');
  assert.ok(bench.helps(Node, pod, { old: tainted('a', hard), now: testNode('a') }));
  assert.ok(bench.helps(Node, pod, { now: testNode('a') }));
  assert.ok(!bench.helps(Node, pod, { now: tainted('a', hard) }));
  assert.ok(!bench.helps(Node, pod, { old: testNode('a'), now: testNode('a') }));
  assert.ok(bench.helps(Pod, pod, { old: pod, now: testPod('p', { tolerations: [bears('gpu')] }) }));
  assert.ok(!bench.helps(Pod, pod, { old: pod, now: testPod('p', { labels: { a: 'b' } }) }));
  assert.ok(!bench.helps(Pod, pod, { now: testPod('q') }));
});
