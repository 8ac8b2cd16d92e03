import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeAffinity, NodeSelectorTerm, PreferredSchedulingTerm } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { skip } from '../../framework.ts';
import { PluginBench, rejectionText, testCluster, testNode, testPod } from '../test-objects.ts';
import { namedNodes } from './named-nodes.ts';
import { nodeAffinity } from './plugin.ts';

const inZone = (zone: string): NodeSelectorTerm => ({ matchExpressions: [{ key: 'zone', operator: 'In', values: [zone] }] });
const named = (...values: string[]): NodeSelectorTerm => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] });
const required = (...nodeSelectorTerms: NodeSelectorTerm[]): NodeAffinity => ({
  requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
});
const preferred = (...terms: PreferredSchedulingTerm[]): NodeAffinity => ({ preferredDuringSchedulingIgnoredDuringExecution: terms });
const wanting = (affinity: NodeAffinity) => testPod('p', { affinity: { nodeAffinity: affinity } });
const zoned = (name: string, zone: string) => testNode(name, { labels: { zone } });
const cluster = testCluster([zoned('a', 'x'), zoned('b', 'y'), testNode('c')]);
const noMatch = "node(s) didn't match Pod's node affinity/selector";

test('a node selector and required affinity turn nodes down', () => {
  assert.deepEqual(new PluginBench(nodeAffinity, { cluster }).verdicts(testPod('p', { nodeSelector: { zone: 'x' } })), {
    a: '',
    b: noMatch,
    c: noMatch,
  });
  assert.deepEqual(new PluginBench(nodeAffinity, { cluster }).verdicts(wanting(required(inZone('x'), inZone('y')))), {
    a: '',
    b: '',
    c: noMatch,
  });
});

test('a pod that asks for nothing is not asked about', () => {
  const bench = new PluginBench(nodeAffinity, { cluster });
  assert.equal(bench.begin(testPod('p')), skip);
  assert.equal(bench.scores(testPod('p')), undefined);
});

test('a pod that names its node, as DaemonSets make them, has only that one looked at', () => {
  const begun = new PluginBench(nodeAffinity, { cluster }).begin(wanting(required(named('b'))));
  assert.deepEqual(begun, { nodes: new Set(['b']) });
});

test('terms that name nodes', () => {
  assert.deepEqual(namedNodes([named('a'), named('b')]), new Set(['a', 'b']));
  assert.equal(namedNodes([named('a'), inZone('x')]), undefined);
  assert.equal(namedNodes([]), undefined);
  assert.deepEqual(namedNodes([{ matchFields: [...named('a').matchFields!, ...named('b').matchFields!] }]), new Set());
});

test('names that exclude each other cannot be satisfied', () => {
  const pod = wanting(required({ matchFields: [...named('a').matchFields!, ...named('b').matchFields!] }));
  const begun = new PluginBench(nodeAffinity, { cluster }).begin(pod);
  assert.ok(begun && 'code' in begun);
  assert.equal(rejectionText(begun), 'UnschedulableAndUnresolvable: pod affinity terms conflict');
});

test('preferences count by their weight, the best node getting 100', () => {
  const pod = wanting(preferred({ weight: 20, preference: inZone('x') }, { weight: 5, preference: named('b') }));
  assert.deepEqual(new PluginBench(nodeAffinity, { cluster }).scores(pod), { a: 100, b: 25, c: 0 });
});

test('affinity that the profile adds holds for every pod', () => {
  const enforced = new PluginBench(nodeAffinity, { cluster, args: { addedAffinity: required(inZone('x')) } });
  const reason = "node(s) didn't match scheduler-enforced node affinity";
  assert.deepEqual(enforced.verdicts(testPod('p')), { a: '', b: reason, c: reason });
  const liked = new PluginBench(nodeAffinity, { cluster, args: { addedAffinity: preferred({ weight: 1, preference: inZone('y') }) } });
  assert.deepEqual(liked.scores(testPod('p')), { a: 0, b: 100, c: 0 });
});

test('helped by a node that begins to match', () => {
  const bench = new PluginBench(nodeAffinity);
  const pod = testPod('p', { nodeSelector: { zone: 'x' } });
  assert.ok(bench.helps(Node, pod, { old: testNode('a'), now: zoned('a', 'x') }));
  assert.ok(bench.helps(Node, pod, { now: zoned('a', 'x') }));
  assert.ok(!bench.helps(Node, pod, { old: zoned('a', 'x'), now: zoned('a', 'x') }));
  assert.ok(!bench.helps(Node, pod, { now: zoned('a', 'y') }));
});
