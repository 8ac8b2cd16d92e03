import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Pod as PodType } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { scripted, TrialKubelet } from '../trial.ts';

/** How a container stands: `running`, `waiting CrashLoopBackOff`, `ended 1 Error`. */
function stateOf(pod: PodType, name = 'main'): string {
  const { status } = pod;
  const found = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find((one) => one.name === name);
  const { running, waiting, terminated } = found?.state ?? {};
  if (running) return 'running';
  return terminated ? `ended ${terminated.exitCode} ${terminated.reason}` : `waiting ${waiting?.reason}`;
}

describe('pod lifecycle', () => {
  let plane: VirtualControlPlane;
  let node: TrialKubelet;
  before(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
    node = new TrialKubelet(plane.client, plane.env);
    await node.start();
  });
  after(() => plane[Symbol.dispose]());

  const main = { name: 'main', image: 'nginx', imagePullPolicy: 'IfNotPresent' as const };

  test('a pod gets its address, its containers and its conditions', async () => {
    await node.run('web', { containers: [main] });
    await plane.clock.settle();
    assert.equal(stateOf(await node.pod('web')), 'waiting ContainerCreating');
    await plane.until(async () => isReady(await node.pod('web')));
    const { status } = await node.pod('web');
    assert.equal(status.phase, 'Running');
    assert.match(status.podIP ?? '', /^10\.244\.1\.\d+$/);
    assert.deepEqual(status.podIPs, [{ ip: status.podIP }]);
    assert.equal(status.hostIP, '172.18.0.3');
    assert.equal(status.qosClass, 'BestEffort');
    assert.equal(status.observedGeneration, 1);
    assert.deepEqual(
      status.conditions?.map(({ type, status: is, reason }) => [type, is, reason]),
      [
        ['PodReadyToStartContainers', 'True', undefined],
        ['Initialized', 'True', undefined],
        ['Ready', 'True', undefined],
        ['ContainersReady', 'True', undefined],
        ['PodScheduled', 'True', undefined],
      ],
    );
    const [container] = status.containerStatuses ?? [];
    assert.match(container?.containerID ?? '', /^simulated:\/\/[0-9a-f]{64}$/);
    assert.equal(container?.image, 'docker.io/library/nginx:latest');
    assert.match(container?.imageID ?? '', /^docker\.io\/library\/nginx@sha256:/);
    assert.deepEqual([container?.restartCount, container?.started, container?.ready], [0, true, true]);
    const events = await node.eventsOf('web');
    assert.deepEqual(events.slice(-2), ['Created: Container created', 'Started: Container started']);
  });

  test('a pod that is done has succeeded, and a pod that failed for good has failed', async () => {
    await node.run('done', { restartPolicy: 'Never', containers: [main] }, scripted({ 'exit-code': '0', 'exit-after': '5s' }));
    await node.run('failed', { restartPolicy: 'Never', containers: [main] }, scripted({ 'exit-code': '3', 'exit-after': '5s' }));
    await plane.clock.advance(10_000);
    const done = await node.pod('done');
    assert.equal(done.status.phase, 'Succeeded');
    assert.equal(stateOf(done), 'ended 0 Completed');
    assert.deepEqual(
      done.status.conditions?.filter(({ reason }) => reason).map(({ type, status, reason }) => `${type} ${status} ${reason}`),
      ['Initialized True PodCompleted', 'Ready False PodCompleted', 'ContainersReady False PodCompleted'],
    );
    const failed = await node.pod('failed');
    assert.equal(failed.status.phase, 'Failed');
    assert.equal(stateOf(failed), 'ended 3 Error');
  });

  test('a container that crashes is started again, ever later', async () => {
    await node.run('crashing', { containers: [main] }, scripted({ 'exit-code': '1', 'exit-after': '1s' }));
    await plane.clock.advance(4000);
    const waiting = await node.pod('crashing');
    assert.equal(stateOf(waiting), 'waiting CrashLoopBackOff');
    assert.equal(waiting.status.phase, 'Running');
    const [container] = waiting.status.containerStatuses ?? [];
    assert.equal(container?.restartCount, 1);
    assert.equal(container?.lastState?.terminated?.exitCode, 1);
    const { uid } = waiting.metadata;
    assert.equal(container?.state?.waiting?.message, `back-off 10s restarting failed container=main pod=crashing_default(${uid})`);
    assert.ok(
      (await node.eventsOf('crashing')).includes(`BackOff: Back-off restarting failed container main in pod crashing_default(${uid})`),
    );
    const restarts: number[] = [];
    for (let second = 0; second < 170; second++) {
      await plane.clock.advance(1000);
      const count = (await node.pod('crashing')).status.containerStatuses?.[0]?.restartCount ?? 0;
      if (count > (restarts.at(-1) ?? 1)) restarts.push(count);
    }
    // After 10, 20, 40 and 80 seconds.
    assert.deepEqual(restarts, [2, 3, 4, 5]);
    const kept = await node.runtime.listContainers({ podUid: uid! });
    assert.ok(kept.length <= 2, `${kept.length} containers are kept`);
  });

  test('a restart policy of OnFailure ends with the first success', async () => {
    await node.run(
      'onfailure',
      { restartPolicy: 'OnFailure', containers: [main] },
      scripted({ 'exit-code': '1', 'exit-after': '1s', 'exit-runs': '1', run: 'exit 0' }),
    );
    await plane.clock.advance(10_000);
    const { status } = await node.pod('onfailure');
    assert.equal(status.phase, 'Succeeded');
    assert.equal(status.containerStatuses?.[0]?.restartCount, 1);
  });

  test('a container’s own rules decide on its restart', async () => {
    const rules = { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] };
    await node.run(
      'ruled',
      { restartPolicy: 'Never', containers: [{ ...main, ...rules }] },
      scripted({ 'exit-code': '42', 'exit-after': '1s', 'exit-runs': '1' }),
    );
    await plane.clock.advance(8000);
    const { status } = await node.pod('ruled');
    assert.equal(stateOf(await node.pod('ruled')), 'running');
    assert.equal(status.containerStatuses?.[0]?.restartCount, 1);
  });

  test('init containers run one after the other before the containers', async () => {
    const init = (name: string) => ({ ...main, name, command: ['sh', '-c', 'sleep 2'] });
    await node.run('initialized', { initContainers: [init('first'), init('second')], containers: [main] });
    const seen: string[] = [];
    for (let tick = 0; tick < 100; tick++) {
      await plane.clock.advance(100);
      const pod = await node.pod('initialized');
      const now = ['first', 'second', 'main'].map((name) => stateOf(pod, name)).join(', ');
      if (now !== seen.at(-1)) seen.push(now);
    }
    assert.deepEqual(seen, [
      'running, waiting PodInitializing, waiting PodInitializing',
      'ended 0 Completed, waiting PodInitializing, waiting PodInitializing',
      'ended 0 Completed, running, waiting PodInitializing',
      'ended 0 Completed, ended 0 Completed, running',
    ]);
  });

  test('an init container that fails is tried again, and fails the pod where nothing is restarted', async () => {
    const failing = { ...main, name: 'init', command: ['sh', '-c', 'exit 7'] };
    await node.run('again', { initContainers: [failing], containers: [main] });
    await node.run('never', { restartPolicy: 'Never', initContainers: [failing], containers: [main] });
    await plane.clock.advance(10_000);
    const again = await node.pod('again');
    assert.equal(again.status.phase, 'Pending');
    assert.equal(stateOf(again, 'init'), 'waiting CrashLoopBackOff');
    assert.equal(again.status.conditions?.find(({ type }) => type === 'Initialized')?.message, 'containers with incomplete status: [init]');
    const never = await node.pod('never');
    assert.equal(never.status.phase, 'Failed');
    assert.equal(stateOf(never), 'waiting PodInitializing');
  });

  test('a sidecar starts before the containers and ends after them', async () => {
    const sidecar = { ...main, name: 'sidecar', restartPolicy: 'Always' };
    await node.run('job', {
      restartPolicy: 'Never',
      initContainers: [sidecar],
      containers: [{ ...main, command: ['sh', '-c', 'sleep 3'] }],
    });
    await plane.until(async () => stateOf(await node.pod('job')) === 'running');
    assert.equal(stateOf(await node.pod('job'), 'sidecar'), 'running');
    await plane.clock.advance(10_000);
    const pod = await node.pod('job');
    assert.equal(pod.status.phase, 'Succeeded');
    assert.match(stateOf(pod, 'sidecar'), /^ended /);
  });

  test('a pod that is active too long fails', async () => {
    await node.run('slow', { activeDeadlineSeconds: 20, terminationGracePeriodSeconds: 5, containers: [main] });
    await plane.clock.advance(19_000);
    assert.equal((await node.pod('slow')).status.phase, 'Running');
    await plane.clock.advance(10_000);
    const { status } = await node.pod('slow');
    assert.deepEqual([status.phase, status.reason], ['Failed', 'DeadlineExceeded']);
    assert.equal(status.message, 'Pod was active on the node longer than the specified deadline');
  });

  test('readiness gates hold a pod back until others say so', async () => {
    await node.run('gated', { readinessGates: [{ conditionType: 'example.com/ok' }], containers: [main] });
    await plane.clock.advance(5000);
    const ready = (await node.pod('gated')).status.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.reason, 'ReadinessGatesNotReady');
    assert.equal(ready?.message, 'corresponding condition of pod readiness gate "example.com/ok" does not exist.');
    const condition = { type: 'example.com/ok', status: 'True' };
    await plane.client.patch(
      Pod,
      { namespace: 'default', name: 'gated' },
      'strategic',
      { status: { conditions: [condition] } },
      { subresource: 'status' },
    );
    await plane.until(async () => isReady(await node.pod('gated')));
  });
});
