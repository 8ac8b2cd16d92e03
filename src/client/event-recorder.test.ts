import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Event as EventType } from '../api/generated/core/v1.ts';
import type { Event as SeriesEventType } from '../api/generated/events/v1.ts';
import { Event } from '../api/kinds/core/event.ts';
import { Event as SeriesEvent } from '../api/kinds/events/event.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { eventRecorder } from './event-recorder.ts';
import { eventSeriesRecorder } from './event-series-recorder.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name: 'web', uid: 'u1' } };

describe('event recorders', () => {
  let plane: VirtualControlPlane;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
  });
  afterEach(() => plane[Symbol.dispose]());

  const events = async (): Promise<readonly EventType[]> => {
    await plane.clock.settle();
    return (await plane.client.list(Event, { namespace: 'default' })).items;
  };

  test('an event names its source and its object, as a reference', async () => {
    const recorder = eventRecorder({ client: plane.client, env: plane.env, component: 'kubelet', host: 'node1' });
    recorder.event(pod, 'Normal', 'Pulled', 'there', { fieldPath: 'spec.containers{web}' });
    const [event] = await events();
    assert.deepEqual(event?.source, { component: 'kubelet', host: 'node1' });
    assert.deepEqual(event.involvedObject, {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'default',
      name: 'web',
      uid: 'u1',
      fieldPath: 'spec.containers{web}',
    });
    assert.match(event.metadata.name!, /^web\.[0-9a-f]+$/);
  });

  test('a repetition counts in the first event and moves its last time', async () => {
    const recorder = eventRecorder({ client: plane.client, env: plane.env, component: 'kubelet' });
    recorder.event(pod, 'Warning', 'BackOff', 'again');
    await plane.clock.advance(10_000);
    recorder.event(pod, 'Warning', 'BackOff', 'again');
    const [event, ...more] = await events();
    assert.equal(more.length, 0);
    assert.equal(event?.count, 2);
    assert.equal(Date.parse(event.lastTimestamp!) - Date.parse(event.firstTimestamp!), 10_000);
  });

  test('many that differ in their message alone are combined, and a flood is cut', async () => {
    const recorder = eventRecorder({ client: plane.client, env: plane.env, component: 'kubelet' });
    for (let n = 0; n < 60; n++) recorder.event(pod, 'Warning', 'Odd', `message ${n}`);
    const all = await events();
    const combined = all.filter(({ message }) => message?.startsWith('(combined from similar events): '));
    assert.equal(all.length, 10);
    assert.deepEqual([combined.length, combined[0]?.count], [1, 16]);
  });

  test('what has outlived its hour is made anew', async () => {
    const recorder = eventRecorder({ client: plane.client, env: plane.env, component: 'kubelet' });
    recorder.event(pod, 'Normal', 'Pulled', 'there');
    const [first] = await events();
    await plane.client.delete(Event, { namespace: 'default', name: first!.metadata.name! });
    recorder.event(pod, 'Normal', 'Pulled', 'there');
    assert.deepEqual(
      (await events()).map(({ count }) => count),
      [2],
    );
  });

  test("the scheduler's repetitions are a series, written at its begin", async () => {
    const recorder = eventSeriesRecorder({ client: plane.client, env: plane.env, component: 'default-scheduler' });
    for (let n = 0; n < 3; n++) recorder.event(pod, 'Warning', 'FailedScheduling', `try ${n}`, { action: 'Scheduling' });
    await plane.clock.settle();
    const { items } = await plane.client.list<SeriesEventType>(SeriesEvent, { namespace: 'default' });
    assert.equal(items.length, 1);
    assert.deepEqual([items[0]?.note, items[0]?.series?.count], ['try 0', 2]);
    assert.equal(items[0]?.reportingController, 'default-scheduler');
  });
});
