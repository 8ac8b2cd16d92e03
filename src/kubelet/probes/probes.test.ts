import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Container, ContainerStatus } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { scripted, TrialKubelet } from '../trial.ts';

describe('probes', () => {
  let plane: VirtualControlPlane;
  let node: TrialKubelet;
  before(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
    node = new TrialKubelet(plane.client, plane.env);
    await node.start();
  });
  after(() => plane[Symbol.dispose]());

  const main: Container = { name: 'main', image: 'nginx', imagePullPolicy: 'IfNotPresent' };
  const statusOf = async (name: string): Promise<ContainerStatus> => (await node.pod(name)).status.containerStatuses![0]!;
  const running = (name: string) => plane.until(async () => (await node.pod(name)).status.phase === 'Running');

  test('a pod is ready when its readiness probe has passed, after its initial delay', async () => {
    const readinessProbe = { httpGet: { port: 80 }, initialDelaySeconds: 5, periodSeconds: 10 };
    await node.run('delayed', { containers: [{ ...main, readinessProbe }] });
    await running('delayed');
    await plane.clock.advance(4500);
    assert.equal(isReady(await node.pod('delayed')), false);
    assert.deepEqual(
      (await node.pod('delayed')).status.conditions?.find(({ type }) => type === 'Ready')?.message,
      'containers with unready status: [main]',
    );
    await plane.clock.advance(600);
    assert.equal(isReady(await node.pod('delayed')), true);
  });

  test('a pod whose readiness probe fails three times is not ready any more, and is not restarted', async () => {
    const readinessProbe = { httpGet: { port: 80, path: '/ready' }, periodSeconds: 2 };
    await node.run('ailing', { containers: [{ ...main, readinessProbe }] }, scripted({ 'fail-probe': 'readiness@10s-20s' }));
    await running('ailing');
    await plane.clock.advance(13_000);
    assert.equal(isReady(await node.pod('ailing')), true);
    await plane.clock.advance(3000);
    assert.equal(isReady(await node.pod('ailing')), false);
    assert.ok((await node.eventsOf('ailing')).includes('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503'));
    await plane.clock.advance(10_000);
    assert.equal(isReady(await node.pod('ailing')), true);
    assert.equal((await statusOf('ailing')).restartCount, 0);
  });

  test('a container whose liveness probe fails is killed and started again', async () => {
    const livenessProbe = { tcpSocket: { port: 80 }, periodSeconds: 3, terminationGracePeriodSeconds: 4 };
    const annotations = scripted({ 'fail-probe': 'liveness@10s', 'termination-delay': 'never' });
    await node.run('sick', { containers: [{ ...main, livenessProbe }] }, annotations);
    await running('sick');
    await plane.clock.advance(24_000);
    const status = await statusOf('sick');
    assert.equal(status.restartCount, 1);
    const events = await node.eventsOf('sick');
    assert.ok(events.includes('Killing: Container main failed liveness probe, will be restarted'));
    assert.ok(
      events.some((event) => /^Unhealthy: Liveness probe failed: dial tcp 10\.244\.1\.\d+:80: connect: connection refused$/.test(event)),
    );
    const { startedAt = '', finishedAt = '', exitCode } = status.lastState?.terminated ?? {};
    assert.equal(exitCode, 137);
    // Three failures at 12, 15 and 18 seconds, and the probe's own grace period.
    assert.equal((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000, 22);
  });

  test('other probes wait for the startup probe', async () => {
    const startupProbe = { httpGet: { port: 'web' }, periodSeconds: 1, failureThreshold: 30 };
    const livenessProbe = { exec: { command: ['sh', '-c', 'exit 0'] }, periodSeconds: 1, failureThreshold: 1 };
    const ports = [{ name: 'web', containerPort: 8080 }];
    await node.run('slow', { containers: [{ ...main, ports, startupProbe, livenessProbe }] }, scripted({ 'ready-after': '10s' }));
    await running('slow');
    await plane.clock.advance(8000);
    assert.deepEqual([(await statusOf('slow')).started, (await statusOf('slow')).ready], [false, false]);
    await plane.clock.advance(4000);
    assert.deepEqual([(await statusOf('slow')).started, (await statusOf('slow')).ready], [true, true]);
    assert.equal((await statusOf('slow')).restartCount, 0);
  });

  test('a container that does not start in time is killed', async () => {
    const startupProbe = { grpc: { port: 9000 }, periodSeconds: 1, failureThreshold: 3 };
    await node.run('never', { containers: [{ ...main, startupProbe }] }, scripted({ 'ready-after': 'never' }));
    await running('never');
    await plane.clock.advance(6000);
    const events = await node.eventsOf('never');
    assert.ok(events.includes('Killing: Container main failed startup probe, will be restarted'), events.join('\n'));
    assert.ok(events.includes('Unhealthy: Startup probe failed: service unhealthy (responded with "NOT_SERVING")'));
  });

  test('a command that fails or takes too long is a failed probe', async () => {
    const probe = (script: string) => ({ exec: { command: ['sh', '-c', script] }, periodSeconds: 5 });
    await node.run('failing', { containers: [{ ...main, readinessProbe: probe('echo no; exit 2') }] });
    await node.run('lasting', { containers: [{ ...main, readinessProbe: probe('sleep 10') }] });
    await running('failing');
    await running('lasting');
    await plane.clock.advance(4000);
    assert.ok((await node.eventsOf('failing')).includes('Unhealthy: Readiness probe failed: no\n'));
    assert.ok(
      (await node.eventsOf('lasting')).some((event) =>
        event.startsWith('Unhealthy: Readiness probe failed: command timed out: "sh -c sleep 10"'),
      ),
    );
  });

  test('a port that the container does not have tells nothing', async () => {
    const readinessProbe = { httpGet: { port: 'nope' }, periodSeconds: 1 };
    await node.run('portless', { containers: [{ ...main, readinessProbe }] });
    await running('portless');
    await plane.clock.advance(1000);
    assert.equal(isReady(await node.pod('portless')), false);
    assert.ok(
      (await node.eventsOf('portless')).some((event) =>
        event.startsWith('Unhealthy: Readiness probe errored and resulted in unknown state:'),
      ),
    );
  });

  test('a pod that ends may say that it is not ready, and is not restarted for its health', async () => {
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 1 };
    const livenessProbe = { httpGet: { port: 80 }, periodSeconds: 1, failureThreshold: 1 };
    const annotations = scripted({ 'fail-probe': 'readiness@5s,liveness@5s', 'termination-delay': 'never' });
    await node.run('ending', { terminationGracePeriodSeconds: 20, containers: [{ ...main, readinessProbe, livenessProbe }] }, annotations);
    await plane.until(async () => isReady(await node.pod('ending')));
    await plane.client.delete(Pod, { namespace: 'default', name: 'ending' });
    await plane.clock.advance(8000);
    assert.equal(isReady(await node.pod('ending')), false);
    assert.equal((await statusOf('ending')).restartCount, 0);
    assert.ok(!(await node.eventsOf('ending')).some((event) => event.includes('failed liveness probe')));
  });
});
