import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Pod as PodType } from '../../api/generated/core/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { EventInterest } from '../framework.ts';
import { testNode, testPod } from '../plugins/test-objects.ts';
import { SchedulingQueue } from './scheduling-queue.ts';

let clock: VirtualClock;
let queue: SchedulingQueue;
let interests: Map<string, EventInterest[]>;
/** Names of pods that the plugin `Gate` keeps out. */
let gated: Set<string>;
let ready: number;

const nodeComes = { kind: Node, now: testNode('n') };
const nameOf = ({ metadata }: PodType): string => metadata.name ?? '';

describe('scheduling queue', () => {
  beforeEach(() => {
    clock = new VirtualClock({ turn: () => Promise.resolve() });
    gated = new Set();
    ready = 0;
    interests = new Map<string, EventInterest[]>([
      ['Fit', [{ kind: Node }]],
      ['Picky', [{ kind: Node, helps: (pod, { now }) => now?.metadata.name === pod.metadata.labels?.['wants'] }]],
      ['Gate', [{ kind: Pod }]],
    ]);
    queue = new SchedulingQueue({
      clock,
      backoff: { initialMs: 1000, maxMs: 10_000 },
      rulesFor: () => ({ gate: (pod) => (gated.has(nameOf(pod)) ? 'Gate' : undefined), interests }),
      onReady: () => ready++,
    });
  });

  const pop = (): string | undefined => queue.pop()?.info.pod.metadata.name;
  const popAll = (): string[] => Array.from({ length: 10 }, pop).filter((name) => name !== undefined);

  /** A try that ends with the plugins turning the pod away; an error when there are none. */
  function fail(...plugins: string[]): string | undefined {
    const queued = queue.pop();
    if (!queued) return undefined;
    for (const plugin of plugins) queued.unschedulablePlugins.add(plugin);
    queue.giveBack(queued, queued.info.pod);
    return queued.info.pod.metadata.name;
  }

  test('higher priority comes first, and of equals the one that came first', () => {
    for (const [name, priority] of [
      ['a', 0],
      ['b', 5],
      ['c', 5],
      ['d', 10],
    ] as const)
      queue.add(testPod(name, { priority }));
    assert.deepEqual(popAll(), ['d', 'b', 'c', 'a']);
  });

  test('a pod is there once, however often it is added', () => {
    queue.add(testPod('a'));
    queue.add(testPod('a'));
    assert.deepEqual(popAll(), ['a']);
  });

  test('a waiting pod whose priority rises overtakes', () => {
    queue.add(testPod('a'));
    queue.add(testPod('b'));
    queue.update(testPod('b'), testPod('b', { priority: 1 }), true);
    assert.deepEqual(popAll(), ['b', 'a']);
  });

  test('an unschedulable pod waits for an event that its plugin asked for', () => {
    queue.add(testPod('a'));
    fail('Fit');
    queue.tell({ kind: Pod, now: testPod('other', { nodeName: 'n' }) });
    assert.equal(pop(), undefined);
    queue.tell(nodeComes);
    assert.equal(pop(), 'a');
  });

  test('a hint keeps a pod waiting that the event does not help', () => {
    queue.add(testPod('a', { labels: { wants: 'm' } }));
    queue.add(testPod('b', { labels: { wants: 'n' } }));
    fail('Picky');
    fail('Picky');
    queue.tell(nodeComes);
    assert.deepEqual(popAll(), ['b']);
  });

  test('a hint that fails does not keep the pod waiting', () => {
    const fails = (): boolean => {
      throw new Error('oops');
    };
    interests.set('Fit', [{ kind: Node, helps: fails }]);
    queue.add(testPod('a'));
    fail('Fit');
    queue.tell(nodeComes);
    assert.equal(pop(), 'a');
  });

  test('any event may help a pod whose plugin has not said which', () => {
    queue.add(testPod('a'));
    fail('Silent');
    queue.tell({ kind: Pod, now: testPod('other', { nodeName: 'n' }) });
    assert.equal(pop(), 'a');
  });

  test('a pod on its pause gives way to active ones, and comes early when there are none', () => {
    queue.add(testPod('a', { priority: 9 }));
    fail('Fit');
    queue.tell(nodeComes);
    queue.add(testPod('b'));
    assert.deepEqual(popAll(), ['b', 'a']);
  });

  test('after its pause a pod counts by its priority again', async () => {
    queue.add(testPod('a', { priority: 9 }));
    fail('Fit');
    queue.tell(nodeComes);
    await clock.advance(2000);
    queue.add(testPod('b'));
    assert.deepEqual(popAll(), ['a', 'b']);
  });

  test('after errors the pause doubles to its maximum and is kept', async () => {
    queue.add(testPod('a'));
    const pauses: number[] = [];
    for (let tries = 0; tries < 6; tries++) {
      const before = clock.monotonic();
      fail();
      assert.equal(queue.ready, false);
      const seen = ready;
      await clock.until(() => ready > seen, 60_000);
      pauses.push(clock.monotonic() - before);
    }
    assert.deepEqual(pauses, [2000, 3000, 5000, 9000, 11_000, 11_000]);
  });

  test('what a pending plugin waited for brings the pod back without a pause', () => {
    queue.add(testPod('a'));
    queue.add(testPod('b'));
    fail('Fit');
    const queued = queue.pop()!;
    queued.unschedulablePlugins.add('Fit');
    queued.pendingPlugins.add('Fit');
    queue.giveBack(queued, queued.info.pod);
    queue.tell(nodeComes);
    assert.deepEqual(popAll(), ['b', 'a']);
  });

  test('a pod for which nothing happens is tried again after five minutes', async () => {
    queue.add(testPod('a'));
    fail('Fit');
    await clock.advance(299_000);
    assert.equal(queue.ready, false);
    await clock.advance(2000);
    assert.equal(pop(), 'a');
  });

  test('a gated pod waits until its gate opens, not for time to pass', async () => {
    gated.add('a');
    queue.add(testPod('a'));
    queue.tell(nodeComes);
    await clock.advance(3_600_000);
    assert.equal(queue.ready, false);
    gated.clear();
    queue.update(testPod('a'), testPod('a', { labels: { open: 'yes' } }), true);
    assert.equal(pop(), 'a');
  });

  test('a change of an unschedulable pod in its status alone does not bring it back', () => {
    interests.set('Fit', [{ kind: Pod }]);
    queue.add(testPod('a'));
    fail('Fit');
    queue.update(testPod('a'), testPod('a'), false);
    assert.equal(queue.ready, false);
    queue.update(testPod('a'), testPod('a', { labels: { new: 'one' } }), true);
    assert.equal(pop(), 'a');
  });

  test('a pod that is gone does not come out, wherever it waited', async () => {
    for (const name of ['active', 'backoff', 'unschedulable']) queue.add(testPod(name));
    assert.deepEqual([fail('Fit'), fail(), fail('Fit')], ['active', 'backoff', 'unschedulable']);
    queue.add(testPod('again'));
    for (const name of ['active', 'backoff', 'unschedulable', 'again']) queue.delete(`default/${name}`);
    queue.tell(nodeComes);
    await clock.advance(600_000);
    assert.deepEqual(popAll(), []);
  });

  test('activation brings a pod back at once, but not past its gate', () => {
    queue.add(testPod('a'));
    fail();
    queue.activate('default/a');
    assert.equal(pop(), 'a');
    gated.add('b');
    queue.add(testPod('b'));
    queue.activate('default/b');
    assert.equal(pop(), undefined);
  });

  test('a closed queue leaves no timer behind', async () => {
    queue.add(testPod('a'));
    queue.add(testPod('b'));
    fail();
    fail('Fit');
    queue.close();
    const seen = ready;
    await clock.advance(3_600_000);
    assert.equal(ready, seen);
  });
});
