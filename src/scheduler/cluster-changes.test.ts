import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { VirtualClock } from '../base/virtual-clock.ts';
import type { Pod as PodType } from '../api/generated/core/v1.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { SchedulerCache } from './cache.ts';
import { ClusterChanges } from './cluster-changes.ts';
import type { ClusterEvent } from './framework.ts';
import { podInfoOf } from './pod-info.ts';
import { testNode, testPod } from './plugins/test-objects.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';

let cache: SchedulerCache;
let queue: SchedulingQueue;
let changes: ClusterChanges;
/** What the waiting pod `stuck` was told. */
let told: ClusterEvent[];

const pod = (name: string, spec: Partial<PodType['spec']> = {}, status: PodType['status'] = {}): PodType => ({
  ...testPod(name, spec),
  status,
});
const waiting = (): string[] => Array.from({ length: 5 }, () => queue.pop()?.info.pod.metadata.name).filter((name) => name !== undefined);
const onN = () => cache.node('n')?.pods.map(({ key }) => key);
const summary = () => told.map(({ kind, old, now }) => `${kind.kind} ${old ? 'old' : ''}${now ? 'now' : ''}`);

describe('cluster changes', () => {
  beforeEach(() => {
    told = [];
    const hear = { helps: (_pod: PodType, event: ClusterEvent) => (told.push(event), false) };
    const interests = new Map([['Ear', [Pod, Node].map((kind) => ({ kind, ...hear }))]]);
    cache = new SchedulerCache();
    queue = new SchedulingQueue({
      clock: new VirtualClock({ turn: () => Promise.resolve() }),
      backoff: { initialMs: 1000, maxMs: 10_000 },
      rulesFor: () => ({ gate: () => undefined, interests }),
      onReady() {},
    });
    changes = new ClusterChanges({ cache, queue, isOurs: ({ spec }) => spec.schedulerName !== 'other' });
    cache.putNode(testNode('n'));
    queue.add(pod('stuck'));
    const stuck = queue.pop()!;
    stuck.unschedulablePlugins.add('Ear');
    queue.giveBack(stuck, stuck.info.pod);
  });

  test('pods without a node wait, when they are ours; those with one are on it', () => {
    changes.pod({ now: pod('a') });
    changes.pod({ now: pod('b', { schedulerName: 'other' }) });
    changes.pod({ now: pod('c', { nodeName: 'n', schedulerName: 'other' }) });
    assert.deepEqual(waiting(), ['a']);
    assert.deepEqual(onN(), ['default/c']);
  });

  test('a pod that somebody binds waits no more', () => {
    changes.pod({ now: pod('a') });
    changes.pod({ old: pod('a'), now: pod('a', { nodeName: 'n' }) });
    assert.deepEqual([waiting(), onN()], [[], ['default/a']]);
    assert.deepEqual(summary(), ['Pod now']);
  });

  test('a pod that finishes leaves its node, as one that is deleted does', () => {
    const bound = pod('a', { nodeName: 'n' });
    changes.pod({ now: bound });
    changes.pod({ old: bound, now: { ...bound, status: { phase: 'Failed' } } });
    assert.deepEqual(onN(), []);
    changes.pod({ old: { ...bound, status: { phase: 'Failed' } } });
    assert.deepEqual(summary(), ['Pod now', 'Pod old']);
  });

  test('a pod that took the place of another with its name is another', () => {
    const bound = pod('a', { nodeName: 'n' });
    changes.pod({ now: bound });
    const next = pod('a');
    changes.pod({ old: bound, now: { ...next, metadata: { ...next.metadata, uid: 'second' } } });
    assert.deepEqual([onN(), waiting()], [[], ['a']]);
  });

  test('an assumed pod is not queued again by what changes of it; when it is told to go its room is free', () => {
    const old = pod('a');
    cache.assume(podInfoOf(old), 'n');
    changes.pod({ old, now: pod('a', {}, { phase: 'Pending' }) });
    assert.deepEqual([waiting(), onN()], [[], ['default/a']]);
    changes.pod({ old, now: { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } } });
    assert.deepEqual(onN(), []);
    assert.deepEqual(summary(), ['Pod old']);
  });

  test('a nominated pod that goes, or is nominated no more, gives up its room', () => {
    const nominated = pod('a', {}, { nominatedNodeName: 'n' });
    changes.pod({ now: nominated });
    changes.pod({ old: nominated, now: pod('a') });
    changes.pod({ now: pod('b', {}, { nominatedNodeName: 'n' }) });
    changes.pod({ old: pod('b', {}, { nominatedNodeName: 'n' }) });
    assert.deepEqual(summary(), ['Pod old', 'Pod old']);
    assert.equal((told[0]!.old as PodType).spec.nodeName, 'n');
    changes.pod({ old: pod('less', { priority: -1 }, { nominatedNodeName: 'n' }) });
    assert.equal(told.length, 2, 'a more important pod had not counted it');
  });

  test('of a node its coming, its going and what matters of its changes are told; a heartbeat is not', () => {
    const beat = (heartbeat: string, status = 'True') => {
      const node = testNode('m');
      return { ...node, status: { ...node.status, conditions: [{ type: 'Ready', status, lastHeartbeatTime: heartbeat }] } };
    };
    changes.node({ now: beat('1') });
    changes.node({ old: beat('1'), now: beat('2') });
    assert.deepEqual(summary(), ['Node now']);
    changes.node({ old: beat('2'), now: beat('3', 'False') });
    changes.node({ old: beat('3') });
    assert.deepEqual(summary(), ['Node now', 'Node oldnow', 'Node old']);
    assert.equal(cache.node('m'), undefined);
  });
});
