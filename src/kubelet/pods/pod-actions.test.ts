import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, Pod, PodSpec } from '../../api/generated/core/v1.ts';
import type { ContainerStatus } from '../../runtime/cri.ts';
import { definitionAnnotation, definitionOf } from '../containers/container-config.ts';
import { podActions, type PodActions, type ProbeVerdict } from './pod-actions.ts';
import type { PodView } from './pod-view.ts';

const container = (name: string, more: Partial<Container> = {}): Container => ({ name, image: 'nginx', ...more });
const sidecar = (name: string, more: Partial<Container> = {}) => container(name, { restartPolicy: 'Always', ...more });

function podOf(spec: Partial<PodSpec>): Pod {
  return { metadata: { name: 'web', namespace: 'default', uid: 'u' }, spec: { containers: [container('main')], ...spec }, status: {} };
}

/** `running`, `created`, or the code with which it has ended. */
type State = 'running' | 'created' | number;

function viewOf(states: Readonly<Record<string, State>>, sandbox: 'Ready' | 'NotReady' | 'none' = 'Ready'): PodView {
  const metadata = { name: 'web', namespace: 'default', uid: 'u', attempt: 0 };
  return {
    sandboxes: sandbox === 'none' ? [] : [{ id: 's', metadata, state: sandbox, createdAtMs: 0, ips: ['10.244.0.2'] }],
    containers: Object.entries(states).map(([name, state]) => statusOf(name, state)),
  };
}

const statusOf = (name: string, state: State): ContainerStatus => ({
  id: name,
  sandboxId: 's',
  metadata: { name, attempt: 0 },
  podUid: 'u',
  state: state === 'running' ? 'Running' : state === 'created' ? 'Created' : 'Exited',
  image: 'nginx',
  imageRef: 'ref',
  createdAtMs: 0,
  startedAtMs: 0,
  finishedAtMs: 0,
  exitCode: typeof state === 'number' ? state : 0,
  reason: '',
  message: '',
  labels: {},
  annotations: { [definitionAnnotation]: definitionOf(container(name)) },
  logPath: '',
});

interface Verdicts {
  readonly liveness?: Readonly<Record<string, ProbeVerdict>>;
  readonly startup?: Readonly<Record<string, ProbeVerdict>>;
}

/** In words: what is made, ended and started. */
function actionsOf(pod: Pod, view: PodView, { liveness = {}, startup = {} }: Verdicts = {}): string {
  const actions = podActions(pod, view, { liveness: (id) => liveness[id], startup: (id) => startup[id] });
  return inWords(actions);
}

function inWords({ killPod, restartAll, createSandbox, attempt, startInit, start, startEphemeral, kill }: PodActions): string {
  return [
    killPod && 'kill pod',
    restartAll && 'restart all',
    createSandbox && `sandbox ${attempt}`,
    ...kill.map(({ container: { name } }) => `kill ${name}`),
    ...[...startInit, ...start, ...startEphemeral].map(({ name }) => `start ${name}`),
  ]
    .filter(Boolean)
    .join(', ');
}

describe('what a pod needs', () => {
  test('a new pod needs a sandbox, and its first init container or all containers', () => {
    assert.equal(actionsOf(podOf({}), viewOf({}, 'none')), 'kill pod, sandbox 0, start main');
    const withInit = podOf({ initContainers: [container('one'), container('two')] });
    assert.equal(actionsOf(withInit, viewOf({}, 'none')), 'kill pod, sandbox 0, start one');
  });

  test('a lost sandbox is made anew, unless the pod had its one run', () => {
    assert.equal(actionsOf(podOf({}), viewOf({ main: 137 }, 'NotReady')), 'kill pod, sandbox 1, start main');
    assert.equal(actionsOf(podOf({ restartPolicy: 'Never' }), viewOf({ main: 137 }, 'NotReady')), 'kill pod');
    assert.equal(actionsOf(podOf({ restartPolicy: 'OnFailure' }), viewOf({ main: 0 }, 'NotReady')), 'kill pod');
  });

  test('nothing, when all runs', () => {
    assert.equal(actionsOf(podOf({}), viewOf({ main: 'running' })), '');
  });

  test('ended containers start again as the restart policy says', () => {
    assert.equal(actionsOf(podOf({}), viewOf({ main: 0 })), 'start main');
    assert.equal(actionsOf(podOf({ restartPolicy: 'OnFailure' }), viewOf({ main: 0 })), 'kill pod');
    assert.equal(actionsOf(podOf({ restartPolicy: 'OnFailure' }), viewOf({ main: 1 })), 'start main');
    assert.equal(actionsOf(podOf({ restartPolicy: 'Never' }), viewOf({ main: 1 })), 'kill pod');
    assert.equal(actionsOf(podOf({ restartPolicy: 'Never' }), viewOf({ main: 'created' })), 'start main');
  });

  test('init containers go on from the last that is known', () => {
    const pod = podOf({ initContainers: [container('one'), container('two')] });
    assert.equal(actionsOf(pod, viewOf({ one: 'running' })), '');
    assert.equal(actionsOf(pod, viewOf({ one: 0 })), 'start two');
    assert.equal(actionsOf(pod, viewOf({ one: 3 })), 'start one');
    assert.equal(actionsOf(pod, viewOf({ two: 0 })), 'start main');
    assert.equal(actionsOf(podOf({ ...pod.spec, restartPolicy: 'Never' }), viewOf({ one: 3 })), 'kill pod');
  });

  test('a sidecar lets the next one begin when it has started, and is always started again', () => {
    const startupProbe = { httpGet: { port: 80 } };
    const pod = podOf({ restartPolicy: 'Never', initContainers: [sidecar('proxy', { startupProbe }), container('init')] });
    assert.equal(actionsOf(pod, viewOf({ proxy: 'running' })), '');
    assert.equal(actionsOf(pod, viewOf({ proxy: 'running' }), { startup: { proxy: 'Success' } }), 'start init');
    assert.equal(actionsOf(pod, viewOf({ proxy: 'running' }), { startup: { proxy: 'Failure' } }), 'kill proxy, start proxy');
    assert.equal(actionsOf(pod, viewOf({ proxy: 1, init: 0, main: 'running' })), 'start proxy');
    assert.equal(actionsOf(pod, viewOf({ proxy: 'running', init: 0, main: 0 }), { startup: { proxy: 'Success' } }), 'kill pod');
  });

  test('containers that fail their probes are killed, and started again where that is wanted', () => {
    const pod = podOf({ containers: [container('main'), container('other')] });
    const view = viewOf({ main: 'running', other: 'running' });
    assert.equal(actionsOf(pod, view, { liveness: { main: 'Failure' } }), 'kill main, start main');
    assert.equal(actionsOf(podOf({ ...pod.spec, restartPolicy: 'Never' }), view, { liveness: { main: 'Failure' } }), 'kill main');
  });

  test('a container of another image is replaced, whatever the restart policy', () => {
    const pod = podOf({ restartPolicy: 'Never', containers: [container('main', { image: 'nginx:2' })] });
    assert.equal(actionsOf(pod, viewOf({ main: 'running' })), 'kill main, start main');
  });

  test('a rule may start the whole pod over', () => {
    const rules = [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } }];
    const pod = podOf({ containers: [container('main', { restartPolicy: 'Never', restartPolicyRules: rules }), container('other')] });
    assert.equal(actionsOf(pod, viewOf({ main: 88, other: 'running' })), 'restart all');
    assert.equal(actionsOf(pod, viewOf({ main: 1, other: 'running' })), '');
  });

  test('ephemeral containers start once', () => {
    const pod = podOf({ ephemeralContainers: [{ name: 'debug', image: 'busybox' }] });
    assert.equal(actionsOf(pod, viewOf({ main: 'running' })), 'start debug');
    assert.equal(actionsOf(pod, viewOf({ main: 'running', debug: 0 })), '');
  });
});
