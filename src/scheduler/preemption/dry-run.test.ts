import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodDisruptionBudget } from '../../api/generated/policy/v1.ts';
import { Notes, notesOf } from '../cycle-state.ts';
import { fits, podAdded, podRemoved, runPreFilter } from '../filtering.ts';
import { stateKey, unschedulable, type Plugin } from '../framework.ts';
import { podInfoOf } from '../pod-info.ts';
import { testCluster, testNode, testPod } from '../plugins/test-objects.ts';
import { Nominator } from '../queue/nominator.ts';
import { testProfile } from '../test-profile.ts';
import { dryRun } from './dry-run.ts';

const room: Plugin = {
  name: 'Room',
  filter: (_state, pod, { requested, allocatable }) =>
    requested.milliCpu + pod.requests.milliCpu > allocatable.milliCpu ? unschedulable('Insufficient cpu') : undefined,
};

const pod = (name: string, nodeName: string, priority: number, cpu: string, labels = {}) =>
  testPod(name, { nodeName, priority, requests: { cpu }, labels });

const budget = (allowed: number): PodDisruptionBudget => ({
  metadata: { name: 'b', namespace: 'default' },
  spec: { selector: { matchLabels: { app: 'db' } } },
  status: { disruptionsAllowed: allowed, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
});

function run(
  pods: ReturnType<typeof pod>[],
  { budgets = [] as PodDisruptionBudget[], plugins = [room], cpu = '2', offset = 0, enough = 100, nodes = ['a'] } = {},
) {
  const cluster = testCluster(
    nodes.map((name) => testNode(name)),
    pods,
  );
  const profile = testProfile(plugins);
  const state = new Notes();
  const info = podInfoOf(testPod('urgent', { priority: 10, requests: { cpu } }));
  runPreFilter(profile, state, info, cluster);
  const nominator = new Nominator();
  const framework: Parameters<typeof dryRun>[0]['framework'] = {
    fits: (notes, one, node) => fits(profile, notesOf(notes), one, node, nominator),
    podAdded: (notes, one, added, node) => podAdded(profile, notesOf(notes), one, added, node),
    podRemoved: (notes, one, removed, node) => podRemoved(profile, notesOf(notes), one, removed, node),
  };
  const { candidates, failed } = dryRun({ framework, state, pod: info, budgets }, cluster.nodes, offset, enough);
  assert.equal(
    cluster.nodes.reduce((sum, node) => sum + node.pods.length, 0),
    pods.length,
    'the cluster itself does not change',
  );
  return {
    candidates: candidates.map(
      ({ nodeName, victims, violations }) => `${nodeName} ${victims.map((one) => one.metadata.name).join()} ${violations}`,
    ),
    failed: [...failed].map(([name, { rejection }]) => `${name} ${rejection.code} ${rejection.reasons.join()}`),
  };
}

test('the least important pods go, and no more than it takes', () => {
  const { candidates } = run([pod('low', 'a', 1, '2'), pod('lower', 'a', 0, '1'), pod('lowest', 'a', -1, '1')]);
  assert.deepEqual(candidates, ['a lower,lowest 0']);
});

test('pods of the same or higher priority stay', () => {
  assert.deepEqual(run([pod('same', 'a', 10, '4')]).failed, [
    'a UnschedulableAndUnresolvable No preemption victims found for incoming pod',
  ]);
  assert.deepEqual(run([pod('same', 'a', 10, '3'), pod('low', 'a', 0, '1')]).failed, ['a Unschedulable Insufficient cpu']);
});

test('a pod that a budget protects goes only when nothing else helps', () => {
  const pods = [pod('db', 'a', 0, '2', { app: 'db' }), pod('web', 'a', 5, '2')];
  assert.deepEqual(run(pods, { budgets: [budget(0)] }).candidates, ['a web 0']);
  assert.deepEqual(run(pods, { budgets: [budget(1)] }).candidates, ['a db 0']);
  assert.deepEqual(run(pods, { budgets: [budget(0)], cpu: '4' }).candidates, ['a web,db 1']);
});

test('the search goes round from its offset, and ends with enough candidates of which one breaks no budget', () => {
  const nodes = ['a', 'b', 'c', 'd'];
  const pods = nodes.map((name) => pod(`on-${name}`, name, 0, '4', name === 'c' ? { app: 'db' } : {}));
  const tried = (offset: number, enough: number) => run(pods, { nodes, offset, enough, budgets: [budget(0)] }).candidates;
  assert.deepEqual(tried(1, 1), ['b on-b 0']);
  assert.deepEqual(tried(2, 1), ['d on-d 0', 'c on-c 1']);
  assert.deepEqual(tried(3, 9), ['d on-d 0', 'a on-a 0', 'b on-b 0', 'c on-c 1']);
});

test('notes of plugins follow the pods that are taken away and put back', () => {
  const key = stateKey<{ count: number }>('Counting', ({ count }) => ({ count }));
  const change =
    (by: number): NonNullable<Plugin['addPod']> =>
    (state) =>
      void (state.read(key)!.count += by);
  const atMostOne: Plugin = {
    name: 'Counting',
    preFilter(state, _pod, { nodes }) {
      state.write(key, { count: nodes[0]!.pods.length });
      return undefined;
    },
    addPod: change(1),
    removePod: change(-1),
    filter: (state) => (state.read(key)!.count <= 1 ? undefined : unschedulable('too many')),
  };
  const { candidates } = run([pod('x', 'a', 3, '1'), pod('y', 'a', 2, '1'), pod('z', 'a', 1, '1')], { plugins: [atMostOne] });
  assert.deepEqual(candidates, ['a y,z 0']);
});
