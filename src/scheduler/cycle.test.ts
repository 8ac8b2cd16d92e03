import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../base/rng.ts';
import { SchedulingCycle, type Outcome } from './cycle.ts';
import { unresolvable, unschedulable, type Plugin } from './framework.ts';
import { podInfoOf } from './pod-info.ts';
import { testCluster, testNode, testPod } from './plugins/test-objects.ts';
import { Nominator } from './queue/nominator.ts';
import { factoryOf, testProfile } from './test-profile.ts';

function cycleOver(...nodes: string[]) {
  const cache = testCluster(nodes.map((name) => testNode(name)));
  const nominator = new Nominator();
  const cycle = new SchedulingCycle({ cache, nominator, rng: seededRng(1) });
  const run = (plugins: Parameters<typeof testProfile>[0], pod = testPod('p')): Outcome => cycle.run(testProfile(plugins), podInfoOf(pod));
  return { cache, nominator, run };
}

const nodeOf = (outcome: Outcome) => ('chosen' in outcome ? outcome.chosen.nodeName : undefined);
function failureOf(outcome: Outcome) {
  assert.ok('failure' in outcome);
  const { reason, message, plugins, pendingPlugins, nominated } = outcome.failure;
  return { reason, message, plugins: [...plugins], pending: [...pendingPlugins], nominated };
}

const prefers = (name: string, scores: Record<string, number>): Plugin => ({ name, score: (_state, _pod, node) => scores[node.name] ?? 0 });

test('the highest sum of weighted scores wins, and the pod counts as being there', () => {
  const { cache, run } = cycleOver('a', 'b', 'c');
  const plugins = [factoryOf(prefers('One', { a: 60, b: 50 })), factoryOf(prefers('Two', { b: 10, c: 20 }), 2)];
  assert.equal(nodeOf(run(plugins)), 'b');
  assert.ok(cache.isAssumed('default/p'));
  assert.equal(cache.node('b')?.pods[0]?.pod.spec.nodeName, 'b');
});

test('among equals chance decides, each as likely as the other', () => {
  const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
  const { run } = cycleOver('a', 'b', 'c');
  for (let n = 0; n < 600; n++) counts[nodeOf(run([prefers('Same', {})]))!]!++;
  for (const count of Object.values(counts)) assert.ok(count > 150 && count < 250, JSON.stringify(counts));
});

test('scores are normalized by their plugin, and must lie in 0 to 100 then', () => {
  const { run } = cycleOver('a', 'b');
  const big = prefers('Big', { a: 1000, b: 2000 });
  const normal: Plugin = { ...big, normalize: (_state, _pod, _nodes, scores) => scores.forEach((score, i) => (scores[i] = score / 20)) };
  assert.equal(nodeOf(run([normal])), 'b');
  const { reason, message } = failureOf(run([big], testPod('q')));
  assert.equal(reason, 'SchedulerError');
  assert.equal(message, 'plugin "Big" returns an invalid score 1000, it should in the range of [0, 100] after normalizing');
});

test('a plugin whose pre-score has nothing to say does not score', () => {
  const { run } = cycleOver('a', 'b');
  const quiet: Plugin = { ...prefers('Quiet', { a: 100 }), preScore: () => ({ code: 'Skip', reasons: [] }) };
  assert.equal(nodeOf(run([quiet, prefers('Loud', { b: 1 })])), 'b');
});

test('without nodes a pod is unschedulable, by no plugin', () => {
  assert.deepEqual(failureOf(cycleOver().run([])), {
    reason: 'Unschedulable',
    message: 'no nodes available to schedule pods',
    plugins: [],
    pending: [],
    nominated: '',
  });
});

test('a pod that fits nowhere names the plugins that turned it away', () => {
  const full: Plugin = { name: 'Full', filter: (_state, _pod, { name }) => (name === 'a' ? unschedulable('full') : undefined) };
  const waits: Plugin = { name: 'Waits', filter: () => ({ code: 'Pending', reasons: ['not yet'] }) };
  assert.deepEqual(failureOf(cycleOver('a', 'b').run([full, waits])), {
    reason: 'Unschedulable',
    message: '0/2 nodes are available: 1 full, 1 not yet.',
    plugins: ['Full', 'Waits'],
    pending: ['Waits'],
    nominated: '',
  });
});

test('nodes that pre-filters leave out are not looked at', () => {
  const { run } = cycleOver('a', 'b', 'c');
  const looked: string[] = [];
  const narrows = (name: string, ...nodes: string[]): Plugin => ({ name, preFilter: () => ({ nodes: new Set(nodes) }) });
  const no: Plugin = { name: 'No', filter: (_state, _pod, { name }) => (looked.push(name), unschedulable('no')) };
  const { message, plugins } = failureOf(run([narrows('Y', 'a', 'b', 'gone'), narrows('X', 'b', 'c'), no]));
  assert.deepEqual(looked, ['b']);
  assert.equal(message, "0/3 nodes are available: 1 no, 2 node(s) didn't satisfy plugin(s) [X Y].");
  assert.deepEqual(plugins.sort(), ['No', 'X', 'Y']);
  const apart = failureOf(run([narrows('Y', 'a'), narrows('X', 'b')])).message;
  assert.equal(apart, "0/3 nodes are available: node(s) didn't satisfy plugin(s) [X Y] simultaneously.");
  assert.equal(failureOf(run([narrows('Y')])).message, "0/3 nodes are available: node(s) didn't satisfy plugin Y.");
});

test('a pre-filter that turns the pod away speaks for all nodes', () => {
  const no: Plugin = { name: 'No', preFilter: () => unresolvable('persistentvolumeclaim "x" not found') };
  const { message, plugins } = failureOf(cycleOver('a', 'b').run([no]));
  assert.equal(message, '0/2 nodes are available: persistentvolumeclaim "x" not found.');
  assert.deepEqual(plugins, ['No']);
});

test('the node on which room was made is taken before others are looked at', () => {
  const { run } = cycleOver('a', 'b', 'c');
  const pod = { ...testPod('p'), status: { nominatedNodeName: 'b' } };
  assert.equal(nodeOf(run([prefers('A', { a: 100 })], pod)), 'b');
});

test('what post-filters make room on is nominated, and their words end the message', () => {
  const no: Plugin = { name: 'No', filter: () => unschedulable('no') };
  const room: Plugin = { name: 'Room', postFilter: (_state, _pod, { named }) => ({ nominated: [...named.keys()][1]!, message: '' }) };
  assert.equal(failureOf(cycleOver('a', 'b').run([no, room])).nominated, 'b');
  const none: Plugin = { name: 'None', postFilter: () => ({ message: 'preemption: not eligible due to preemptionPolicy=Never.' }) };
  const { message, nominated } = failureOf(cycleOver('a').run([no, none]));
  assert.equal(message, '0/1 nodes are available: 1 no. preemption: not eligible due to preemptionPolicy=Never.');
  assert.equal(nominated, undefined);
});

test('a plugin that fails or throws is an error of the scheduler', () => {
  const fails: Plugin = { name: 'Fails', filter: () => ({ code: 'Error', reasons: ['disk on fire'] }) };
  assert.deepEqual(failureOf(cycleOver('a').run([fails])), {
    reason: 'SchedulerError',
    message: 'running "Fails" filter plugin: disk on fire',
    plugins: [],
    pending: [],
    nominated: '',
  });
  const throws: Plugin = {
    name: 'Throws',
    preFilter: () => {
      throw new Error('oops');
    },
  };
  assert.equal(failureOf(cycleOver('a').run([throws])).message, 'oops');
});

test('what was reserved is given back, last first, when a later plugin refuses', () => {
  const { cache, run } = cycleOver('a');
  const told: string[] = [];
  const reserves = (name: string): Plugin => ({ name, reserve: () => void told.push(name), unreserve: () => void told.push(`-${name}`) });
  const refuses: Plugin = { name: 'Refuses', permit: () => unschedulable('not now') };
  const { message, plugins } = failureOf(run([reserves('A'), reserves('B'), refuses]));
  assert.deepEqual(told, ['A', 'B', '-B', '-A']);
  assert.equal(message, '0/1 nodes are available: 1 not now.');
  assert.deepEqual(plugins, ['Refuses']);
  assert.equal(cache.node('a')?.pods.length, 0);
});
