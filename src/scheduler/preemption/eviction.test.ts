import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { notFound } from '../../api/errors.ts';
import type { Handle } from '../framework.ts';
import { podInfoOf, podKey } from '../pod-info.ts';
import { testPod } from '../plugins/test-objects.ts';
import { Evictions } from './eviction.ts';

const urgent = testPod('urgent', { priority: 10, schedulerName: 'default-scheduler' });
const pods = { group: '', resource: 'pods' };

/** A handle whose deletions wait until `release` names the pod, and fail when told to. */
function trial({ nominated = [] as Pod[], failing = new Map<string, Error>() } = {}) {
  const log: string[] = [];
  const waiting = new Map<string, () => void>();
  const there = new Map<string, Pod>();
  const client = {
    patch: async (_kind: unknown, { name }: { name: string }, _type: string, { status }: { status: Record<string, unknown> }) => {
      log.push(`patch ${name} ${Object.keys(status).join()}`);
      return {};
    },
    delete: (_kind: unknown, { name }: { name: string }) =>
      new Promise((resolve, reject) => {
        log.push(`delete ${name}`);
        const failure = failing.get(name);
        waiting.set(name, () => (failure ? reject(failure) : resolve({})));
      }),
  };
  const handle = {
    client: client as unknown as Handle['client'],
    clock: new VirtualClock({ turn: () => Promise.resolve() }),
    rng: seededRng(1),
    events: { event: (_about: unknown, _type: string, reason: string, note: string) => void log.push(`${reason}: ${note}`) },
    nominated: () => nominated.map(podInfoOf),
    activate: (pod: Pod) => void log.push(`activate ${pod.metadata.name}`),
    get: (_kind: unknown, key: string) => there.get(key),
  } as unknown as Handle;
  const release = async (name: string) => {
    await turn();
    waiting.get(name)!();
    await turn();
  };
  return { evictions: new Evictions(handle), log, release, there };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a pod is held back until its last victim is on its way, which it may know before the call has ended', async () => {
  const { evictions, release, there } = trial();
  const [a, b] = [testPod('a'), testPod('b')];
  there.set(podKey(b), b);
  evictions.begin(urgent, { nodeName: 'n', victims: [a, b], violations: 0 });
  assert.ok(evictions.isRunningFor(urgent));
  await release('a');
  assert.ok(evictions.isRunningFor(urgent));
  await turn();
  there.set(podKey(b), { ...b, metadata: { ...b.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  assert.ok(!evictions.isRunningFor(urgent));
  await release('b');
  assert.ok(!evictions.isRunningFor(urgent));
});

test('a victim is told why, told to go, and an event tells of it', async () => {
  const { evictions, log, release } = trial();
  evictions.begin(urgent, { nodeName: 'n', victims: [testPod('a')], violations: 0 });
  await release('a');
  assert.deepEqual(log, ['patch a conditions', 'delete a', 'Preempted: Preempted by pod uid-of-urgent on node n']);
});

test('victims that are leaving already are left alone', async () => {
  const { evictions, log } = trial();
  const leaving = testPod('a');
  evictions.begin(urgent, {
    nodeName: 'n',
    victims: [{ ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    violations: 0,
  });
  await turn();
  assert.deepEqual(log, []);
  assert.ok(!evictions.isRunningFor(urgent));
});

test('less important pods that were to have the room are told that they are not', async () => {
  const status = { nominatedNodeName: 'n' };
  const nominated = [
    { ...testPod('lesser', { priority: 1 }), status },
    { ...testPod('equal', { priority: 10 }), status },
  ];
  const { evictions, log, release } = trial({ nominated });
  evictions.begin(urgent, { nodeName: 'n', victims: [testPod('a')], violations: 0 });
  await release('a');
  assert.equal(log[0], 'patch lesser nominatedNodeName');
  assert.ok(!log.some((line) => line.includes('equal')));
});

test('a victim that is gone is no failure; after a failure the pod is tried again at once', async () => {
  const failing = new Map<string, Error>([
    ['gone', notFound(pods, 'gone')],
    ['stays', new Error('server away')],
  ]);
  for (const [name, activated] of [
    ['gone', false],
    ['stays', true],
  ] as const) {
    const { evictions, log, release } = trial({ failing });
    evictions.begin(urgent, { nodeName: 'n', victims: [testPod(name)], violations: 0 });
    await release(name);
    assert.equal(log.includes('activate urgent'), activated, name);
    assert.ok(!evictions.isRunningFor(urgent));
  }
});
