import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import type { Taint, Toleration } from '../../api/generated/core/v1.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { podCondition } from '../../api/pods/pod-state.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { stayMs } from './decision.ts';

const bad: Taint = { key: 'bad', effect: 'NoExecute' };
const worse: Taint = { key: 'worse', effect: 'NoExecute' };
const tolerating = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds !== undefined && { tolerationSeconds }),
});

describe('stayMs()', () => {
  test('is nothing for a taint that is not tolerated, and forever where all are without an end', () => {
    assert.equal(stayMs([bad], []), 0);
    assert.equal(stayMs([bad, worse], [tolerating('bad')]), 0);
    assert.equal(stayMs([bad, worse], [{ operator: 'Exists' }]), Infinity);
    assert.equal(stayMs([], []), Infinity);
  });

  test('is the shortest of the tolerations that count', () => {
    assert.equal(stayMs([bad, worse], [tolerating('bad', 60), tolerating('worse', 20), tolerating('other', 1)]), 20_000);
    assert.equal(stayMs([bad], [tolerating('bad', 60), tolerating('bad', 20)]), 60_000);
    assert.equal(stayMs([bad], [tolerating('bad', -1)]), 0);
  });
});

let plane: VirtualControlPlane;
describe('taint eviction controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
    await plane.client.create(Node, { metadata: { name: 'n1' }, spec: {}, status: {} });
    // Being ready, it has no taints but those of the tests.
    const ready = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
    await plane.client.patch(Node, { name: 'n1' }, 'merge', ready, { subresource: 'status' });
    await plane.clock.advance(100);
  });
  afterEach(() => plane[Symbol.dispose]());

  const taint = (...taints: Taint[]) => plane.client.patch(Node, { name: 'n1' }, 'merge', { spec: { taints } });
  const run = (name: string, ...tolerations: Toleration[]) =>
    plane.client.create(Pod, {
      metadata: { namespace: 'default', name },
      spec: { nodeName: 'n1', tolerations, containers: [{ name: 'c', image: 'i' }] },
      status: {},
    });
  const find = (name: string) => plane.client.get(Pod, { namespace: 'default', name });
  async function isGoing(name: string): Promise<boolean> {
    try {
      return (await find(name)).metadata.deletionTimestamp !== undefined;
    } catch (error) {
      return isNotFound(error);
    }
  }
  const messages = async () =>
    (await plane.client.list(Event)).items.filter(({ reason }) => reason === 'TaintManagerEviction').map(({ message }) => message);

  test('a pod without a toleration goes at once, and its condition says why', async () => {
    await run('p');
    await run('q', tolerating('bad'));
    await taint(bad);
    await plane.clock.advance(100);
    assert.equal(await isGoing('p'), true);
    assert.equal(podCondition(await find('p'), 'DisruptionTarget')?.reason, 'DeletionByTaintManager');
    assert.equal(await isGoing('q'), false);
    assert.deepEqual(await messages(), ['Marking for deletion Pod default/p']);
  });

  test('a pod goes after its tolerationSeconds', async () => {
    await run('p', tolerating('bad', 30));
    await taint(bad);
    await plane.clock.advance(29_000);
    assert.equal(await isGoing('p'), false);
    await plane.clock.advance(1_100);
    assert.equal(await isGoing('p'), true);
  });

  test('a pod stays when the taint goes in time', async () => {
    await run('p', tolerating('bad', 30));
    await taint(bad);
    await plane.clock.advance(20_000);
    await taint();
    await plane.clock.advance(60_000);
    assert.equal(await isGoing('p'), false);
    assert.deepEqual(await messages(), ['Cancelling deletion of Pod default/p']);
  });

  test('a second taint that is not tolerated ends the wait', async () => {
    await run('p', tolerating('bad', 30));
    await taint(bad);
    await plane.clock.advance(10_000);
    await taint(bad, worse);
    await plane.clock.advance(100);
    assert.equal(await isGoing('p'), true);
  });

  test('the time runs from the first taint, and anew after it was gone', async () => {
    await run('p', tolerating('bad', 30), tolerating('worse', 30));
    await taint(bad);
    await plane.clock.advance(20_000);
    await taint(bad, worse);
    await plane.clock.advance(5_000);
    await taint();
    await plane.clock.advance(1_000);
    await taint(bad);
    await plane.clock.advance(29_000);
    assert.equal(await isGoing('p'), false);
    await plane.clock.advance(1_100);
    assert.equal(await isGoing('p'), true);
  });

  test('a pod bound to a tainted node goes', async () => {
    await taint(bad);
    await plane.clock.advance(100);
    await run('p');
    await plane.until(() => isGoing('p'));
  });
});
