import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../generated/core/v1.ts';
import { podColumns } from './pod-columns.ts';
import { testPod } from './pod-test-objects.ts';

const nowMs = Date.parse('2026-01-01T01:00:00Z');
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const ended = (exitCode: number, more: object = {}) => ({ terminated: { exitCode, finishedAt: '2026-01-01T00:55:00Z', ...more } });
const waiting = (reason: string) => ({ waiting: { reason } });
const main = (state: object, more: object = {}) => ({ name: 'web', ready: false, restartCount: 0, state, ...more });
const init = (state: object, more: object = {}) => ({ name: 'i', ready: false, restartCount: 0, state, ...more });
const initContainers = [
  { name: 'i', image: 'x' },
  { name: 'j', image: 'x' },
];
const sidecar = [{ name: 'i', image: 'x', restartPolicy: 'Always' }];

interface Case {
  readonly name: string;
  readonly spec?: object;
  readonly metadata?: object;
  readonly status: object;
  readonly shows: readonly [ready: string, status: string, restarts: string];
}

const cases: readonly Case[] = [
  { name: 'a new pod', status: { phase: 'Pending' }, shows: ['0/1', 'Pending', '0'] },
  {
    name: 'a gated pod',
    status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] },
    shows: ['0/1', 'SchedulingGated', '0'],
  },
  {
    name: 'a running pod',
    status: { phase: 'Running', containerStatuses: [main(running, { ready: true })] },
    shows: ['1/1', 'Running', '0'],
  },
  {
    name: 'one that is being created',
    status: { phase: 'Pending', containerStatuses: [main(waiting('ContainerCreating'))] },
    shows: ['0/1', 'ContainerCreating', '0'],
  },
  {
    name: 'a crash loop, with its last end',
    status: { phase: 'Running', containerStatuses: [main(waiting('CrashLoopBackOff'), { restartCount: 3, lastState: ended(1) })] },
    shows: ['0/1', 'CrashLoopBackOff', '3 (5m ago)'],
  },
  {
    name: 'a finished pod',
    status: { phase: 'Succeeded', containerStatuses: [main(ended(0, { reason: 'Completed' }))] },
    shows: ['0/1', 'Completed', '0'],
  },
  { name: 'an end without a reason', status: { phase: 'Failed', containerStatuses: [main(ended(7))] }, shows: ['0/1', 'ExitCode:7', '0'] },
  {
    name: 'an end by a signal',
    status: { phase: 'Failed', containerStatuses: [main(ended(137, { signal: 9 }))] },
    shows: ['0/1', 'Signal:9', '0'],
  },
  { name: 'an evicted pod', status: { phase: 'Failed', reason: 'Evicted' }, shows: ['0/1', 'Evicted', '0'] },
  {
    name: 'the first of two init containers',
    spec: { initContainers },
    status: { phase: 'Pending', initContainerStatuses: [init(running)], containerStatuses: [main(waiting('PodInitializing'))] },
    shows: ['0/1', 'Init:0/2', '0'],
  },
  {
    name: 'the second of two init containers',
    spec: { initContainers },
    status: { phase: 'Pending', initContainerStatuses: [init(ended(0)), { ...init(waiting('PodInitializing')), name: 'j' }] },
    shows: ['0/1', 'Init:1/2', '0'],
  },
  {
    name: 'a failed init container',
    spec: { initContainers },
    status: { phase: 'Pending', initContainerStatuses: [init(ended(1, { reason: 'Error' }), { restartCount: 2, lastState: ended(1) })] },
    shows: ['0/1', 'Init:Error', '2 (5m ago)'],
  },
  {
    name: 'an init container in a crash loop',
    spec: { initContainers },
    status: { phase: 'Pending', initContainerStatuses: [init(waiting('CrashLoopBackOff'))] },
    shows: ['0/1', 'Init:CrashLoopBackOff', '0'],
  },
  {
    name: 'a sidecar beside the main container',
    spec: { initContainers: sidecar },
    status: {
      phase: 'Running',
      initContainerStatuses: [init(running, { started: true, ready: true, restartCount: 1, lastState: ended(1) })],
      containerStatuses: [main(running, { ready: true, restartCount: 1 })],
    },
    shows: ['2/2', 'Running', '2 (5m ago)'],
  },
  {
    name: 'init restarts are forgotten once the pod runs',
    spec: { initContainers: [initContainers[0]] },
    status: {
      phase: 'Running',
      initContainerStatuses: [init(ended(0), { restartCount: 4, lastState: ended(1) })],
      containerStatuses: [main(running, { ready: true })],
    },
    shows: ['1/1', 'Running', '0'],
  },
  {
    name: 'one done, one running and ready',
    spec: { containers: [{ name: 'web' }, { name: 'b' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [main(ended(0, { reason: 'Completed' })), { ...main(running, { ready: true }), name: 'b' }],
    },
    shows: ['1/2', 'Running', '0'],
  },
  {
    name: 'one done, one running and the pod not ready',
    spec: { containers: [{ name: 'web' }, { name: 'b' }] },
    status: {
      phase: 'Running',
      containerStatuses: [main(ended(0, { reason: 'Completed' })), { ...main(running, { ready: true }), name: 'b' }],
    },
    shows: ['1/2', 'NotReady', '0'],
  },
  {
    name: 'a pod on its way out',
    metadata: { deletionTimestamp: '2026-01-01T00:59:00Z' },
    status: { phase: 'Running', containerStatuses: [main(running, { ready: true })] },
    shows: ['1/1', 'Terminating', '0'],
  },
  {
    name: 'a finished pod that finalizers keep',
    metadata: { deletionTimestamp: '2026-01-01T00:59:00Z' },
    status: { phase: 'Succeeded', containerStatuses: [main(ended(0, { reason: 'Completed' }))] },
    shows: ['0/1', 'Completed', '0'],
  },
  {
    name: 'a pod of a lost node',
    metadata: { deletionTimestamp: '2026-01-01T00:59:00Z' },
    status: { phase: 'Running', reason: 'NodeLost' },
    shows: ['0/1', 'Unknown', '0'],
  },
];

const cell = (name: string, pod: Pod) => podColumns.find((column) => column.name === name)!.cell(pod, nowMs);

for (const { name, spec = {}, metadata = {}, status, shows } of cases) {
  test(`kubectl shows ${name} as ${shows.join(' ')}`, () => {
    const pod = testPod(spec, metadata, status);
    assert.deepEqual([cell('Ready', pod), cell('Status', pod), cell('Restarts', pod)], shows);
  });
}

test('the wide columns show where the pod is, and <none> where it is nowhere', () => {
  const placed = testPod(
    { nodeName: 'n1', readinessGates: [{ conditionType: 'a.io/x' }, { conditionType: 'a.io/y' }] },
    {},
    {
      podIPs: [{ ip: '10.0.0.1' }],
      nominatedNodeName: 'n2',
      conditions: [{ type: 'a.io/x', status: 'True' }],
    },
  );
  const wide = ['IP', 'Node', 'Nominated Node', 'Readiness Gates'];
  assert.deepEqual(
    wide.map((name) => cell(name, placed)),
    ['10.0.0.1', 'n1', 'n2', '1/2'],
  );
  assert.deepEqual(
    wide.map((name) => cell(name, testPod())),
    ['<none>', '<none>', '<none>', '<none>'],
  );
  assert.deepEqual(
    podColumns.filter(({ priority }) => priority === 1).map(({ name }) => name),
    wide,
  );
});
