import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event as CoreEvent } from '../../src/api/kinds/core/event.ts';
import { Event } from '../../src/api/kinds/events/event.ts';
import { exercise } from './api-operations.ts';
import { conformance } from './bed.ts';

const regarding = (namespace: string) => ({ kind: 'Pod', name: 'test-pod', namespace });

conformance('events', (bed) => {
  test('[sig-instrumentation] Events should manage the lifecycle of an event [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: CoreEvent,
      namespace,
      make: () => ({ involvedObject: regarding(namespace), message: 'This is a test event', reason: 'Test', type: 'Normal', count: 1 }),
      change: (event) => ({ ...event, message: 'updated', count: 2 }),
    });
  });

  test('[sig-instrumentation] Events should delete a collection of events [Conformance]', async () => {
    const namespace = await bed.namespace();
    for (const name of ['test-event-1', 'test-event-2', 'test-event-3'])
      await bed.client.create(CoreEvent, {
        metadata: { name, namespace, labels: { 'testevent-set': 'true' } },
        involvedObject: regarding(namespace),
        message: 'This is ' + name,
        reason: 'Test',
        type: 'Normal',
      } as never);
    const selector = { labelSelector: 'testevent-set=true' };
    assert.equal((await bed.client.list(CoreEvent, { namespace }, selector)).items.length, 3);
    assert.equal(
      (await bed.client.list(CoreEvent, { namespace }, { fieldSelector: 'involvedObject.name=test-pod,type!=Warning' })).items.length,
      3,
    );
    await bed.client.deleteCollection(CoreEvent, { namespace }, {}, selector);
    assert.deepEqual((await bed.client.list(CoreEvent, { namespace }, selector)).items, []);
  });

  const event = (namespace: string, name: string) =>
    ({
      metadata: { name, namespace, labels: { 'testevent-set': 'true' } },
      regarding: regarding(namespace),
      note: `This is ${name}`,
      reason: 'Test',
      action: 'Do',
      type: 'Normal',
      eventTime: '2026-01-01T00:00:00.123456Z',
      reportingController: 'test-controller',
      reportingInstance: 'test-node',
    }) as never;

  test('[sig-instrumentation] Events API should ensure that an event can be fetched, patched, deleted, and listed [Conformance]', async () => {
    const namespace = await bed.namespace();
    const at = { namespace, name: 'event-test' };
    const made = await bed.client.create(Event, event(namespace, 'event-test'));
    assert.equal(made.eventTime, '2026-01-01T00:00:00.123456Z');
    assert.equal((await bed.client.list(Event, {}, { fieldSelector: 'reportingController=test-controller' })).items.length, 1);
    // The two groups show the same event.
    const core = await bed.client.get(CoreEvent, at);
    assert.deepEqual([core.involvedObject.name, core.message], ['test-pod', 'This is event-test']);
    const series = { count: 2, lastObservedTime: '2026-01-01T00:00:10.000000Z' };
    const patched = await bed.client.patch(Event, at, 'strategic', { series });
    assert.deepEqual(patched.series, series);
    const updated = await bed.client.update(Event, { ...patched, series: { count: 100, lastObservedTime: '2026-01-01T00:00:20.000000Z' } });
    assert.equal(updated.series?.count, 100);
    await bed.client.delete(Event, at);
    assert.deepEqual((await bed.client.list(Event, { namespace })).items, []);
  });

  test('[sig-instrumentation] Events API should delete a collection of events [Conformance]', async () => {
    const namespace = await bed.namespace();
    for (const name of ['a', 'b', 'c']) await bed.client.create(Event, event(namespace, name));
    const selector = { labelSelector: 'testevent-set=true' };
    assert.equal((await bed.client.list(Event, { namespace }, selector)).items.length, 3);
    await bed.client.deleteCollection(Event, { namespace }, {}, selector);
    assert.deepEqual((await bed.client.list(Event, { namespace })).items, []);
  });
});
