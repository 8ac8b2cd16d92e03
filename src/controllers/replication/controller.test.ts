import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ReplicationController as ReplicationControllerObject } from '../../api/generated/core/v1.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { ReplicationController } from '../../api/kinds/core/replicationcontroller.ts';
import { isActive } from '../../api/pods/pod-state.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

const namespace = 'default';
const old = { namespace, name: 'old' };

describe('replication controller', () => {
  let plane: VirtualControlPlane;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({
      controllers: ['replicationcontroller-controller', 'serviceaccount-controller', 'garbage-collector-controller'],
    });
    await plane.clock.advance(100);
    await plane.client.create<ReplicationControllerObject>(ReplicationController, {
      metadata: old,
      spec: { replicas: 2, template: { metadata: { labels: { app: 'old' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
      status: { replicas: 0 },
    });
    await plane.clock.advance(100);
  });
  afterEach(() => plane[Symbol.dispose]());

  const pods = async () => (await plane.client.list(Pod, { namespace })).items.filter(isActive);

  test('it keeps pods of the labels of its template, in its own name', async () => {
    assert.deepEqual(
      (await pods()).map(({ metadata }) => metadata.ownerReferences?.map(({ kind, name }) => `${kind}/${name}`)),
      [['ReplicationController/old'], ['ReplicationController/old']],
    );
    const { items } = await plane.client.list(Event, { namespace });
    assert.deepEqual([items.length, items[0]?.source?.component], [2, 'replication-controller']);
  });

  test('it scales, and its status tells no terminating pods, which its kind does not know', async () => {
    await plane.client.patch(ReplicationController, old, 'merge', { spec: { replicas: 1 } });
    await plane.clock.advance(100);
    assert.equal((await pods()).length, 1);
    const { status } = await plane.client.get(ReplicationController, old);
    assert.deepEqual(status, { replicas: 1, fullyLabeledReplicas: 1, observedGeneration: 2 });
  });
});
