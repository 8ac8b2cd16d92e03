import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, type Manifest } from '../trial.ts';
import { Event } from './event.ts';

const event = (parts: Manifest = {}): Manifest => ({
  metadata: { name: 'web.1', namespace: 'team' },
  involvedObject: { kind: 'Pod', name: 'web', namespace: 'team', fieldPath: 'spec.containers{nginx}' },
  ...parts,
});

test('an Event lives an hour, and in the namespace of what it is about', () => {
  assert.equal(Event.strategy.ttlSeconds, 3600);
  assert.deepEqual(createProblems(Event, event()), []);
  assert.deepEqual(createProblems(Event, event({ involvedObject: { kind: 'Pod', namespace: 'other' } })), [
    'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
  ]);
  const aboutNode = { involvedObject: { kind: 'Node', name: 'worker' } };
  assert.deepEqual(createProblems(Event, event({ ...aboutNode, metadata: { name: 'n', namespace: 'default' } })), []);
  assert.equal(createProblems(Event, event(aboutNode)).length, 1);
});

test('one with an eventTime says who reports what', () => {
  assert.deepEqual(
    createProblems(Event, event({ eventTime: '2026-01-02T03:04:05.000000Z', action: 'a'.repeat(129), message: 'm'.repeat(1025) })),
    [
      'reportingController: Required value',
      'reportingController: Invalid value: "": name part must be non-empty',
      "reportingController: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'reportingInstance: Required value',
      'action: Invalid value: "": can have at most 128 characters',
      'reason: Required value',
      'message: Invalid value: "": can have at most 1024 characters',
    ],
  );
});

const seen = { firstTimestamp: '2026-01-02T02:04:05Z', lastTimestamp: '2026-01-02T03:03:35Z' };

test('an Event’s row', () => {
  const full = event({
    ...seen,
    type: 'Warning',
    reason: 'BackOff',
    message: ' Back-off restarting \n',
    count: 7,
    source: { component: 'kubelet', host: 'worker' },
  });
  assert.deepEqual(row(Event, created(Event, full)), {
    'Last Seen': '30s',
    Type: 'Warning',
    Reason: 'BackOff',
    Object: 'pod/web',
    Subobject: 'spec.containers{nginx}',
    Source: 'kubelet, worker',
    Message: 'Back-off restarting',
    'First Seen': '60m',
    Count: 7,
    Name: 'web.1',
  });
});

test('a new-style Event is seen when it happened, and again with its series', () => {
  const eventTime = '2026-01-02T03:02:05.000000Z';
  const single = row(Event, created(Event, event({ eventTime, reportingComponent: 'scheduler' })));
  assert.deepEqual([single['Last Seen'], single['First Seen'], single['Count'], single['Source']], ['2m', '2m', 1, 'scheduler']);
  const series = { count: 4, lastObservedTime: '2026-01-02T03:04:00.000000Z' };
  const repeated = row(Event, created(Event, event({ eventTime, series })));
  assert.deepEqual([repeated['Last Seen'], repeated['First Seen'], repeated['Count']], ['5s', '2m', 4]);
});

test('the source that a field selector asks for is either kind of reporter', () => {
  const source = Event.selectableFields['source']!;
  assert.equal(source(created(Event, event({ source: { component: 'kubelet' }, reportingComponent: 'x' }))), 'kubelet');
  assert.equal(source(created(Event, event({ reportingComponent: 'x' }))), 'x');
});
