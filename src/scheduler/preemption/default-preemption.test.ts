import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Pod as PodType } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { SchedulingCycle } from '../cycle.ts';
import { notesOf } from '../cycle-state.ts';
import { fits, podAdded, podRemoved } from '../filtering.ts';
import { unresolvable, unschedulable, type Handle, type Plugin } from '../framework.ts';
import { podInfoOf, podKey } from '../pod-info.ts';
import { testCluster, testNode, testPod } from '../plugins/test-objects.ts';
import type { Profile } from '../profile.ts';
import { Nominator } from '../queue/nominator.ts';
import { testProfile } from '../test-profile.ts';
import { defaultPreemption } from './default-preemption.ts';

const room: Plugin = {
  name: 'Room',
  filter: (_state, pod, { name, requested, allocatable }) => {
    if (name.startsWith('never')) return unresolvable('never');
    return requested.milliCpu + pod.requests.milliCpu > allocatable.milliCpu ? unschedulable('Insufficient cpu') : undefined;
  },
};

/** What becomes of the pod `urgent` where these are: whom it was made room on, and the end of its message. */
function outcome(urgent: PodType, nodes: readonly string[], pods: readonly PodType[]) {
  const cluster = testCluster(
    nodes.map((name) => testNode(name)),
    pods,
  );
  const nominator = new Nominator();
  const going: string[] = [];
  const handle: Partial<Handle> = {
    get: ((kind: unknown, key: string) =>
      kind === Pod ? [urgent, ...pods].find((pod) => podKey(pod) === key) : undefined) as Handle['get'],
    list: () => [],
    rng: seededRng(1),
    clock: new VirtualClock({ turn: () => Promise.resolve() }),
    snapshot: () => cluster,
    nominated: (name) => nominator.on(name),
    fits: (notes, pod, node) => fits(profile, notesOf(notes), pod, node, nominator),
    podAdded: (notes, pod, added, node) => podAdded(profile, notesOf(notes), pod, added, node),
    podRemoved: (notes, pod, removed, node) => podRemoved(profile, notesOf(notes), pod, removed, node),
    client: {
      patch: async (_kind: unknown, { name }: { name: string }) => void going.push(name),
      delete: async () => ({}),
    } as unknown as Handle['client'],
  };
  const profile: Profile = testProfile([room, defaultPreemption], {}, handle);
  const result = new SchedulingCycle({ cache: cluster, nominator, rng: seededRng(1) }).run(profile, podInfoOf(urgent));
  assert.ok('failure' in result);
  const { nominated, message } = result.failure;
  return { nominated, message: message.replace(/^.*?(preemption: |$)/, '$1') };
}

const urgent = (more: Partial<PodType['spec']> = {}, status: PodType['status'] = {}): PodType => ({
  ...testPod('urgent', { priority: 10, requests: { cpu: '4' }, ...more }),
  status,
});
const low = (nodeName: string, more: Partial<PodType> = {}): PodType => ({
  ...testPod(`low-on-${nodeName}`, { nodeName, requests: { cpu: '4' } }),
  ...more,
});

test('room is made on a node where less important pods can go', () => {
  const high = testPod('high', { nodeName: 'a', priority: 99, requests: { cpu: '4' } });
  assert.deepEqual(outcome(urgent(), ['a', 'b'], [high, low('b')]), { nominated: 'b', message: '' });
});

test('where nobody can go the message says so of each node, and an earlier nomination is taken back', () => {
  const high = testPod('high', { nodeName: 'a', priority: 99, requests: { cpu: '4' } });
  assert.deepEqual(outcome(urgent(), ['a', 'never'], [high]), {
    nominated: '',
    message:
      'preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
  });
});

test('while victims of an earlier preemption are still leaving, no more are chosen', () => {
  const { metadata } = low('a');
  const leaving = low('a', {
    metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }] },
  });
  const again = outcome(urgent({}, { nominatedNodeName: 'a' }), ['a', 'b'], [leaving, low('b')]);
  assert.deepEqual(again, { nominated: undefined, message: 'preemption: not eligible due to a terminating pod on the nominated node.' });
});

test('a nominated node that can never be right is given up for another', () => {
  assert.equal(outcome(urgent({}, { nominatedNodeName: 'never' }), ['never', 'b'], [low('b')]).nominated, 'b');
});
