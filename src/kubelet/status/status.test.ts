import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContainerState, ContainerStatus, Pod, PodSpec } from '../../api/generated/core/v1.ts';
import type { PodView } from '../pods/pod-view.ts';
import { containerStatuses } from './container-statuses.ts';
import { podPhase } from './phase.ts';
import { statusPatch } from './status-patch.ts';

const states: Readonly<Record<string, ContainerState>> = {
  running: { running: {} },
  waiting: { waiting: {} },
  done: { terminated: { exitCode: 0 } },
  failed: { terminated: { exitCode: 1 } },
};

function phase(spec: Partial<PodSpec>, is: Readonly<Record<string, string>>, ended = false): string {
  const pod: Pod = { metadata: {}, spec: { containers: [{ name: 'main' }], ...spec }, status: {} };
  const statuses = Object.entries(is).map(([name, state]): ContainerStatus => {
    const crashed = state === 'crashed';
    return {
      name,
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      started: state === 'running',
      state: crashed ? { waiting: {} } : states[state]!,
      ...(crashed && { lastState: states['failed']! }),
    };
  });
  return podPhase(pod, statuses, ended);
}

describe('phase', () => {
  test('of a pod’s containers', () => {
    assert.equal(phase({}, {}), 'Pending');
    assert.equal(phase({}, { main: 'waiting' }), 'Pending');
    assert.equal(phase({}, { main: 'running' }), 'Running');
    assert.equal(phase({}, { main: 'crashed' }), 'Running');
    assert.equal(phase({}, { main: 'done' }), 'Running');
    assert.equal(phase({}, { main: 'done' }, true), 'Succeeded');
    assert.equal(phase({}, { main: 'failed' }, true), 'Failed');
    assert.equal(phase({ restartPolicy: 'Never' }, { main: 'done' }), 'Succeeded');
    assert.equal(phase({ restartPolicy: 'Never' }, { main: 'failed' }), 'Failed');
    assert.equal(phase({ restartPolicy: 'OnFailure' }, { main: 'failed' }), 'Running');
    const two = { restartPolicy: 'Never' as const, containers: [{ name: 'main' }, { name: 'other' }] };
    assert.equal(phase(two, { main: 'done', other: 'running' }), 'Running');
    assert.equal(phase(two, { main: 'done', other: 'failed' }), 'Failed');
  });

  test('of a pod with init containers', () => {
    const init = { initContainers: [{ name: 'init' }] };
    assert.equal(phase(init, { init: 'running', main: 'waiting' }), 'Pending');
    assert.equal(phase(init, { init: 'crashed', main: 'waiting' }), 'Pending');
    assert.equal(phase(init, { init: 'done', main: 'running' }), 'Running');
    assert.equal(phase({ ...init, restartPolicy: 'Never' }, { init: 'failed', main: 'waiting' }), 'Failed');
    const sidecar = { restartPolicy: 'Never' as const, initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] };
    assert.equal(phase(sidecar, { proxy: 'waiting', main: 'waiting' }), 'Pending');
    assert.equal(phase(sidecar, { proxy: 'running', main: 'done' }), 'Running');
    assert.equal(phase(sidecar, { proxy: 'failed', main: 'done' }), 'Succeeded');
  });
});

describe('status patch', () => {
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: 't' };

  test('says only what differs', () => {
    const old = { phase: 'Pending' as const, podIPs: [{ ip: 'a' }], podIP: 'a', conditions: [{ ...ready, lastProbeTime: 'p' }] };
    assert.equal(statusPatch('u', old, { phase: 'Pending', podIPs: [{ ip: 'a' }], podIP: 'a', conditions: [ready] }), undefined);
    assert.deepEqual(statusPatch('u', old, { ...old, phase: 'Running', conditions: [ready] }), {
      metadata: { uid: 'u' },
      status: { phase: 'Running' },
    });
  });

  test('takes away what is said no more', () => {
    const resizing = { type: 'PodResizeInProgress', status: 'True' };
    const old = { reason: 'Evicted', podIP: 'a', podIPs: [{ ip: 'a' }], conditions: [resizing, { ...ready, reason: 'Because' }] };
    assert.deepEqual(statusPatch('u', old, { podIP: 'b', podIPs: [{ ip: 'b' }], conditions: [ready] }), {
      metadata: { uid: 'u' },
      status: {
        reason: null,
        podIP: 'b',
        podIPs: [{ ip: 'a', $patch: 'delete' }, { ip: 'b' }],
        '$setElementOrder/podIPs': [{ ip: 'b' }],
        conditions: [
          { type: 'PodResizeInProgress', $patch: 'delete' },
          { reason: null, ...ready },
        ],
        '$setElementOrder/conditions': [{ type: 'Ready' }],
      },
    });
  });
});

describe('a container that ran before the machine went down', () => {
  const nowMs = Date.parse('2026-01-01T00:01:00Z');
  const startedAt = '2026-01-01T00:00:00Z';
  const lost = {
    terminated: { exitCode: 255, reason: 'Unknown', startedAt, finishedAt: '2026-01-01T00:01:00Z', containerID: 'simulated://1' },
  };
  const running: ContainerStatus = {
    name: 'main',
    image: '',
    imageID: '',
    ready: true,
    restartCount: 2,
    started: true,
    state: { running: { startedAt } },
    containerID: 'simulated://1',
  };
  const after = (spec: Partial<PodSpec>, ended = false) => {
    const pod: Pod = { metadata: {}, spec: { containers: [{ name: 'main' }], ...spec }, status: {} };
    const view: PodView = { sandboxes: [], containers: [] };
    const containers = pod.spec.ephemeralContainers ?? pod.spec.containers;
    return containerStatuses(containers, false, {
      pod,
      view,
      before: [running],
      failures: new Map(),
      runtimeName: 'simulated',
      ended,
      nowMs,
    })[0]!;
  };

  test('is to be started again, and counts as restarted, with an end that has a time', () => {
    const { state, lastState, restartCount } = after({ restartPolicy: 'OnFailure' });
    assert.deepEqual([state, lastState, restartCount], [{ waiting: { reason: 'ContainerCreating' } }, lost, 3]);
  });

  test('has ended for good where nothing starts it again', () => {
    for (const status of [
      after({ restartPolicy: 'Never' }),
      after({ restartPolicy: 'Always' }, true),
      after({ ephemeralContainers: [{ name: 'main' }] }),
    ])
      assert.deepEqual([status.state, status.restartCount, status.ready], [lost, 2, false]);
  });
});
