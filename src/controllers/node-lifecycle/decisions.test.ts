import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Node, NodeCondition, Taint } from '../../api/generated/core/v1.ts';
import { conditionsInSilence, isSilent, observeHealth } from './health.ts';
import { TaintQueue } from './taint-queue.ts';
import { reconciledLabels, reconciledTaints, withEvictingTaint } from './taints.ts';
import { judgeDisruption, zoneOf, zoneState, type ZoneState } from './zones.ts';

const created = '2026-01-01T00:00:00Z';
const now = '2026-01-01T00:05:00Z';
const nowMs = Date.parse(now);

function node(conditions: Readonly<Record<string, string>>, more: Node['spec'] = {}, heartbeat = created): Node {
  const all: NodeCondition[] = Object.entries(conditions).map(([type, status]) => ({ type, status, lastHeartbeatTime: heartbeat }));
  return { metadata: { name: 'n1', creationTimestamp: created }, spec: more, status: { conditions: all } };
}

describe('observeHealth()', () => {
  const lease = (renewTime: string) => ({ metadata: { name: 'n1' }, spec: { renewTime } });

  test('a node without a status counts from its creation, one with a status from when it is first seen', () => {
    assert.equal(observeHealth(undefined, node({}), undefined, nowMs).heardAtMs, Date.parse(created));
    assert.equal(observeHealth(undefined, node({ Ready: 'True' }), undefined, nowMs).heardAtMs, nowMs);
  });

  test('a renewed lease and another heartbeat are signs of life; the same again is none', () => {
    const first = observeHealth(undefined, node({ Ready: 'True' }), lease('2026-01-01T00:00:00.000000Z'), nowMs);
    const same = observeHealth(first, node({ Ready: 'True' }), lease('2026-01-01T00:00:00.000000Z'), nowMs + 5000);
    assert.equal(same.heardAtMs, nowMs);
    assert.equal(observeHealth(same, node({ Ready: 'True' }), lease('2026-01-01T00:00:10.000000Z'), nowMs + 5000).heardAtMs, nowMs + 5000);
    assert.equal(
      observeHealth(same, node({ Ready: 'True' }, {}, now), lease('2026-01-01T00:00:00.000000Z'), nowMs + 7000).heardAtMs,
      nowMs + 7000,
    );
  });

  test('one that never had a status may be silent for longer', () => {
    const grace = { nodeMonitorGracePeriodMs: 50_000, nodeStartupGracePeriodMs: 60_000 };
    const health = { heardAtMs: nowMs };
    assert.equal(isSilent(health, node({ Ready: 'True' }), grace, nowMs + 50_000), false);
    assert.equal(isSilent(health, node({ Ready: 'True' }), grace, nowMs + 50_001), true);
    assert.equal(isSilent(health, node({}), grace, nowMs + 60_000), false);
    assert.equal(isSilent(health, node({}), grace, nowMs + 60_001), true);
  });
});

test('in silence the kubelet’s conditions become Unknown, and no others', () => {
  const said = conditionsInSilence(node({ Ready: 'True', DiskPressure: 'Unknown', NetworkUnavailable: 'False' }), now);
  assert.deepEqual(
    said?.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
    [
      'Ready Unknown NodeStatusUnknown',
      'DiskPressure Unknown undefined',
      'NetworkUnavailable False undefined',
      'MemoryPressure Unknown NodeStatusNeverUpdated',
      'PIDPressure Unknown NodeStatusNeverUpdated',
    ],
  );
  assert.equal(conditionsInSilence(node({ Ready: 'Unknown' }), now), undefined);
});

describe('taints', () => {
  const texts = (taints: readonly Taint[] | undefined) => taints?.map(({ key, effect }) => `${key}:${effect}`);
  const taint = (name: string, effect: Taint['effect']): Taint => ({ key: `node.kubernetes.io/${name}`, effect });
  const own: Taint = { key: 'dedicated', effect: 'NoSchedule', value: 'x' };

  test('NoSchedule follows conditions and the spec; those of others stay', () => {
    const pressed = node({ Ready: 'False', MemoryPressure: 'True', NetworkUnavailable: 'True' }, { unschedulable: true, taints: [own] });
    assert.deepEqual(texts(reconciledTaints(pressed, now)), [
      'dedicated:NoSchedule',
      'node.kubernetes.io/not-ready:NoSchedule',
      'node.kubernetes.io/memory-pressure:NoSchedule',
      'node.kubernetes.io/network-unavailable:NoSchedule',
      'node.kubernetes.io/unschedulable:NoSchedule',
    ]);
    const well = node({ Ready: 'True' }, { taints: [own, taint('not-ready', 'NoSchedule'), taint('disk-pressure', 'NoSchedule')] });
    assert.deepEqual(texts(reconciledTaints(well, now)), ['dedicated:NoSchedule']);
    assert.equal(reconciledTaints(node({ Ready: 'True' }, { taints: [own] }), now), undefined);
  });

  test('NoExecute is not added, but changes with readiness and goes with it', () => {
    const lost = node({ Ready: 'Unknown' }, { taints: [taint('unreachable', 'NoSchedule')] });
    assert.equal(reconciledTaints(lost, now), undefined);
    const swapped = node({ Ready: 'Unknown' }, { taints: [taint('unreachable', 'NoSchedule'), taint('not-ready', 'NoExecute')] });
    assert.deepEqual(texts(reconciledTaints(swapped, now)), [
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    assert.deepEqual(reconciledTaints(node({ Ready: 'True' }, { taints: [taint('not-ready', 'NoExecute')] }), now), []);
    assert.equal(reconciledTaints(node({}, { taints: [taint('not-ready', 'NoExecute')] }), now), undefined);
  });

  test('withEvictingTaint() says which of the two it is, once', () => {
    assert.deepEqual(texts(withEvictingTaint(node({ Ready: 'False' }), now)), ['node.kubernetes.io/not-ready:NoExecute']);
    assert.equal(withEvictingTaint(node({ Ready: 'Unknown' }, { taints: [taint('unreachable', 'NoExecute')] }), now), undefined);
    assert.equal(withEvictingTaint(node({ Ready: 'True' }), now), undefined);
  });

  test('old labels follow the new ones', () => {
    const labelled = (labels: Readonly<Record<string, string>>) =>
      reconciledLabels({ metadata: { name: 'n1', labels }, spec: {}, status: {} });
    assert.deepEqual(labelled({ 'kubernetes.io/os': 'linux', 'beta.kubernetes.io/os': 'windows' }), {
      'kubernetes.io/os': 'linux',
      'beta.kubernetes.io/os': 'linux',
    });
    assert.equal(labelled({ 'beta.kubernetes.io/os': 'linux' }), undefined);
  });
});

describe('zones', () => {
  const rules = { nodeEvictionRate: 0.1, secondaryNodeEvictionRate: 0.01, largeClusterSizeThreshold: 50, unhealthyZoneThreshold: 0.55 };
  const judge = (before: Readonly<Record<string, ZoneState>>, now: Readonly<Record<string, readonly [number, number]>>) => {
    const zones = Object.entries(now).map(([zone, [ready, notReady]]) => [zone, { ready, notReady }] as const);
    const { rates, everywhere } = judgeDisruption(new Map(Object.entries(before)), new Map(zones), rules);
    return [Object.fromEntries(rates), everywhere];
  };

  test('are partly disrupted from three nodes and 55 % on', () => {
    assert.equal(zoneState({ ready: 2, notReady: 2 }, rules), 'Normal');
    assert.equal(zoneState({ ready: 2, notReady: 3 }, rules), 'PartialDisruption');
    assert.equal(zoneState({ ready: 3, notReady: 3 }, rules), 'Normal');
    assert.equal(zoneState({ ready: 0, notReady: 1 }, rules), 'FullDisruption');
  });

  test('slow down where a part is gone: large ones go slowly, small ones wait', () => {
    assert.deepEqual(judge({ a: 'Normal', b: 'Normal' }, { a: [2, 3], b: [20, 40] }), [{ a: 0, b: 0.01 }, undefined]);
    assert.deepEqual(judge({ a: 'PartialDisruption', b: 'Normal' }, { a: [5, 0], b: [0, 3] }), [{ a: 0.1, b: 0.1 }, undefined]);
    assert.deepEqual(judge({ a: 'Normal' }, { a: [5, 0] }), [{}, undefined]);
  });

  test('when all are gone everywhere nobody is evicted, until one is back', () => {
    assert.deepEqual(judge({ a: 'Normal', b: 'FullDisruption' }, { a: [0, 2], b: [0, 2] }), [{ a: 0, b: 0 }, 'began']);
    assert.deepEqual(judge({ a: 'FullDisruption', b: 'FullDisruption' }, { a: [0, 2], b: [0, 2] }), [{}, undefined]);
    assert.deepEqual(judge({ a: 'FullDisruption', b: 'FullDisruption' }, { a: [0, 2], b: [1, 1] }), [{ a: 0.1, b: 0.1 }, 'ended']);
  });

  test('are named by region and zone', () => {
    const zone = (labels: Readonly<Record<string, string>>) => zoneOf({ metadata: { labels }, spec: {}, status: {} });
    assert.equal(zone({}), '');
    assert.notEqual(
      zone({ 'topology.kubernetes.io/region': 'r', 'topology.kubernetes.io/zone': 'a' }),
      zone({ 'topology.kubernetes.io/zone': 'a' }),
    );
  });
});

describe('TaintQueue', () => {
  test('lets one out at once and the next in its time', () => {
    const queue = new TaintQueue(0.1);
    for (const name of ['a', 'b', 'a']) queue.add(name);
    assert.equal(queue.take(0), 'a');
    assert.equal(queue.take(9_999), undefined);
    assert.equal(queue.waitMs(4_000), 6_000);
    assert.equal(queue.take(10_000), 'b');
    assert.equal(queue.waitMs(10_000), undefined);
  });

  test('a new rate makes those wait who had to, a rate of none all', () => {
    const queue = new TaintQueue(0.1);
    for (const name of ['a', 'b', 'c']) queue.add(name);
    queue.take(0);
    queue.setRate(1, 2_000);
    assert.equal(queue.waitMs(2_000), 1_000);
    queue.setRate(0, 3_000);
    assert.equal(queue.take(99_000), undefined);
    assert.equal(queue.waitMs(99_000), undefined);
    queue.remove('b');
    queue.setRate(1, 100_000);
    assert.equal(queue.take(101_000), 'c');
  });
});
