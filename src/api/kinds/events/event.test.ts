import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { Event } from './event.ts';

const event = (parts: Manifest = {}): Manifest => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'web.1', namespace: 'team' },
  regarding: { kind: 'Pod', name: 'web', namespace: 'team' },
  eventTime: '2026-01-02T03:04:00.000000Z',
  type: 'Normal',
  reason: 'Pulled',
  action: 'Pulling',
  note: 'done',
  reportingController: 'kubelet',
  reportingInstance: 'kubelet-worker',
  ...parts,
});

test('an Event is stored as the core group’s, and read back as it was', () => {
  const given = event({ deprecatedCount: 2, deprecatedSource: { component: 'kubelet' } });
  const stored = Event.storage!.toStored(structuredClone(given) as never) as unknown as Manifest;
  assert.deepEqual(stored, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: given['metadata'],
    involvedObject: given['regarding'],
    eventTime: given['eventTime'],
    type: 'Normal',
    reason: 'Pulled',
    action: 'Pulling',
    message: 'done',
    reportingComponent: 'kubelet',
    reportingInstance: 'kubelet-worker',
    count: 2,
    source: { component: 'kubelet' },
  });
  assert.deepEqual(Event.storage!.fromStored(stored as never), given);
});

test('a good Event has no problems, and its row is the core group’s', () => {
  assert.deepEqual(createProblems(Event, event()), []);
  const shown = row(Event, created(Event, event()));
  assert.deepEqual([shown['Last Seen'], shown['Object'], shown['Message']], ['5s', 'pod/web', 'done']);
});

test('what the old version leaves open must be right here', () => {
  const old = { type: 'Odd', deprecatedCount: 3, deprecatedFirstTimestamp: '2026-01-01T00:00:00Z', series: { count: 1 } };
  assert.deepEqual(createProblems(Event, event(old)), [
    'series.count: Invalid value: "": should be at least 2',
    'series.lastObservedTime: Required value',
    'type: Invalid value: "": has invalid value: Odd',
    'firstTimestamp: Invalid value: "": needs to be unset',
    'count: Invalid value: "": needs to be unset',
  ]);
});

test('only the series goes on', () => {
  const series = { count: 2, lastObservedTime: '2026-01-02T03:04:30.000000Z' };
  assert.deepEqual(
    updateProblems(Event, event(), (next) => Object.assign(next, { series })),
    [],
  );
  assert.deepEqual(
    updateProblems(Event, event(), (next) => Object.assign(next, { note: 'other', reportingController: 'x' })),
    ['message: Invalid value: "other": field is immutable', 'reportingController: Invalid value: "x": field is immutable'],
  );
});
