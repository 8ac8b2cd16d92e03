import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isNotFound } from '../../api/errors.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

let plane: VirtualControlPlane;
describe('pod garbage collector', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane({
      controllers: ['pod-garbage-collector-controller', 'serviceaccount-controller'],
      flags: { terminatedPodGcThreshold: 1 },
    });
  });
  afterEach(() => plane[Symbol.dispose]());

  const namespace = 'default';
  const make = (name: string, nodeName?: string, finalizers: string[] = []) =>
    plane.client.create<PodObject>(Pod, {
      metadata: { name, namespace, finalizers },
      spec: { ...(nodeName && { nodeName }), containers: [{ name: 'c', image: 'i' }] },
      status: {},
    });
  const setPhase = (name: string, phase: string) =>
    plane.client.patch(Pod, { namespace, name }, 'merge', { status: { phase } }, { subresource: 'status' });
  const find = (name: string): Promise<PodObject | undefined> =>
    plane.client.get(Pod, { namespace, name }).catch((error: unknown) => (isNotFound(error) ? undefined : assert.fail(String(error))));

  test('a pod of a node that has vanished fails as disrupted, and goes after the quarantine', async () => {
    await make('lost', 'gone', ['example.com/keep']);
    await setPhase('lost', 'Running');
    await plane.clock.advance(39_000);
    assert.equal((await find('lost'))?.status?.phase, 'Running');
    await plane.clock.advance(62_000);
    const pod = await find('lost');
    assert.ok(pod?.metadata.deletionTimestamp);
    assert.equal(pod.status?.phase, 'Failed');
    const condition = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
    assert.equal(condition?.reason, 'DeletionByPodGC');
    assert.equal(condition?.message, 'PodGC: node no longer exists');
    await plane.client.patch(Pod, { namespace, name: 'lost' }, 'merge', { metadata: { finalizers: null } });
    assert.equal(await find('lost'), undefined);
  });

  test('a node that comes in time keeps its pods', async () => {
    await make('early', 'late-node');
    await plane.clock.advance(30_000);
    await plane.client.create(Node, { metadata: { name: 'late-node' } } as never);
    await plane.clock.advance(120_000);
    assert.ok(await find('early'));
  });

  test('of the pods that have ended only as many stay as may, the youngest', async () => {
    for (const name of ['first', 'second', 'third']) {
      await make(name);
      await setPhase(name, 'Succeeded');
      await plane.clock.advance(1_000);
    }
    await plane.clock.advance(25_000);
    assert.deepEqual([await find('first'), await find('second')], [undefined, undefined]);
    assert.ok(await find('third'));
  });
});
