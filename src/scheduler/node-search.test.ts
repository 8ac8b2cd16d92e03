import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Notes } from './cycle-state.ts';
import { runPreFilter } from './filtering.ts';
import { unschedulable, type FailedFilter, type Plugin } from './framework.ts';
import { NodeSearch, nodesToFind } from './node-search.ts';
import { podInfoOf } from './pod-info.ts';
import { testCluster, testNode, testPod } from './plugins/test-objects.ts';
import { Nominator } from './queue/nominator.ts';
import { testProfile } from './test-profile.ts';

test('of few nodes all are found; of many a part that shrinks with their number', () => {
  const found = [10, 99, 100, 1000, 5000, 6000, 50_000].map((nodes) => nodesToFind(nodes, 0));
  assert.deepEqual(found, [10, 99, 100, 420, 500, 300, 2500]);
  assert.deepEqual([nodesToFind(1000, 70), nodesToFind(1000, 1), nodesToFind(50, 1)], [700, 100, 50]);
});

const cluster = testCluster(['a', 'b', 'c', 'd'].map((name) => testNode(name)));
const scorer: Plugin = { name: 'Score', score: () => 0 };
const onlyThose: Plugin = {
  name: 'Only',
  filter: (_state, { pod }, { name }) => (pod.metadata.labels?.['on']?.includes(name) ? undefined : unschedulable(`not ${name}`)),
};

function search(plugins: Plugin[], nominator = new Nominator()) {
  const profile = testProfile(plugins);
  const nodeSearch = new NodeSearch(nominator);
  return (on = 'abcd') => {
    const notes = new Notes();
    const pod = podInfoOf(testPod('p', { labels: { on } }));
    runPreFilter(profile, notes, pod, cluster);
    const failed = new Map<string, FailedFilter>();
    const found = nodeSearch.find(profile, notes, pod, cluster.nodes, failed).map(({ name }) => name);
    nodeSearch.advance(found.length + failed.size, cluster.nodes.length);
    return {
      found: found.join(''),
      failed: [...failed].map(([name, { plugin, rejection }]) => `${name} ${plugin}: ${rejection.reasons.join()}`),
    };
  };
}

test('nodes that fit are found, and of the others is noted why not', () => {
  assert.deepEqual(search([onlyThose, scorer])('bd'), { found: 'bd', failed: ['a Only: not a', 'c Only: not c'] });
});

test('where nothing scores the first node that fits is enough, and the next search goes on behind it', () => {
  const find = search([onlyThose]);
  assert.deepEqual([find().found, find('ad').found, find().found], ['a', 'd', 'a']);
});

test('a plugin whose pre-filter has nothing to say does not filter', () => {
  const quiet: Plugin = { ...onlyThose, preFilter: () => ({ code: 'Skip', reasons: [] }) };
  assert.equal(search([quiet, scorer])('').found, 'abcd');
});

test('room that is kept for a pod of no less priority is not given away', () => {
  const lonely: Plugin = { name: 'Lonely', filter: (_state, _pod, { pods }) => (pods.length === 0 ? undefined : unschedulable('taken')) };
  const nominator = new Nominator();
  nominator.put(podInfoOf(testPod('same', { priority: 0 })), 'a');
  nominator.put(podInfoOf(testPod('lower', { priority: -1 })), 'b');
  nominator.put(podInfoOf(testPod('p', { priority: 9 })), 'c');
  assert.deepEqual(search([lonely, scorer], nominator)(), { found: 'bcd', failed: ['a Lonely: taken'] });
});
