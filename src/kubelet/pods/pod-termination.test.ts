import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Container } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { scripted, TrialKubelet } from '../trial.ts';

describe('pod termination', () => {
  let plane: VirtualControlPlane;
  let node: TrialKubelet;
  before(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
    node = new TrialKubelet(plane.client, plane.env);
    await node.start();
  });
  after(() => plane[Symbol.dispose]());

  const main: Container = { name: 'main', image: 'nginx', imagePullPolicy: 'IfNotPresent' };
  const ready = (name: string) => plane.until(async () => isReady(await node.pod(name)));
  const remove = (name: string, gracePeriodSeconds?: number) =>
    plane.client.delete(Pod, { namespace: 'default', name }, gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds });

  /** Seconds, to a tenth, until the API has forgotten the pod. */
  async function secondsUntilGone(name: string): Promise<number> {
    const beganMs = plane.clock.monotonic();
    await plane.until(() => node.isGone(name), 120_000);
    return Math.round((plane.clock.monotonic() - beganMs) / 100) / 10;
  }

  test('a container that heeds its signal lets its pod go at once', async () => {
    await node.run('quick', { containers: [main] }, scripted({ 'termination-delay': '1s' }));
    await ready('quick');
    const { uid } = (await node.pod('quick')).metadata;
    await remove('quick');
    assert.ok((await secondsUntilGone('quick')) < 1.5);
    assert.ok((await node.eventsOf('quick')).includes('Killing: Stopping container main'));
    await plane.clock.settle();
    assert.deepEqual(await node.runtime.listPodSandbox({ podUid: uid! }), []);
    assert.deepEqual(await node.runtime.listContainers({ podUid: uid! }), []);
  });

  test('one that does not is killed after the grace period', async () => {
    await node.run('deaf', { terminationGracePeriodSeconds: 8, containers: [main] }, scripted({ 'termination-delay': 'never' }));
    await ready('deaf');
    await remove('deaf');
    assert.equal((await node.pod('deaf')).metadata.deletionGracePeriodSeconds, 8);
    const seconds = await secondsUntilGone('deaf');
    assert.ok(seconds >= 8 && seconds < 8.5, `${seconds} s`);
  });

  test('the time of preStop is part of the grace period', async () => {
    const lifecycle = { preStop: { sleep: { seconds: 5 } } };
    await node.run(
      'hooked',
      { terminationGracePeriodSeconds: 8, containers: [{ ...main, lifecycle }] },
      scripted({ 'termination-delay': 'never' }),
    );
    await ready('hooked');
    await remove('hooked');
    await plane.clock.advance(4000);
    assert.equal(isReady(await node.pod('hooked')), true);
    const seconds = await secondsUntilGone('hooked');
    assert.ok(seconds >= 4 && seconds < 4.5, `${seconds} s`);
  });

  test('a preStop that outlasts the grace period leaves two seconds, and one that fails is told', async () => {
    const lasting = { preStop: { sleep: { seconds: 6 } } };
    await node.run(
      'lasting',
      { terminationGracePeriodSeconds: 6, containers: [{ ...main, lifecycle: lasting }] },
      scripted({ 'termination-delay': 'never' }),
    );
    const failing = { preStop: { exec: { command: ['sh', '-c', 'exit 1'] } } };
    await node.run('failing', { containers: [{ ...main, lifecycle: failing }] });
    await ready('lasting');
    await ready('failing');
    await remove('failing');
    await secondsUntilGone('failing');
    assert.ok((await node.eventsOf('failing')).includes('FailedPreStopHook: PreStopHook failed'));
    await remove('lasting');
    const seconds = await secondsUntilGone('lasting');
    assert.ok(seconds >= 8 && seconds < 8.5, `${seconds} s`);
  });

  test('a second deletion may cut the grace period short', async () => {
    await node.run('cut', { terminationGracePeriodSeconds: 60, containers: [main] }, scripted({ 'termination-delay': 'never' }));
    await ready('cut');
    await remove('cut');
    await plane.clock.advance(5000);
    await remove('cut', 8);
    const seconds = await secondsUntilGone('cut');
    assert.ok(seconds >= 8 && seconds < 8.5, `${seconds} s`);
  });

  test('a forced deletion ends what runs, though the API has forgotten it', async () => {
    await node.run('forced', { terminationGracePeriodSeconds: 6, containers: [main] }, scripted({ 'termination-delay': 'never' }));
    await ready('forced');
    const { uid } = (await node.pod('forced')).metadata;
    await node.forceDelete('forced');
    await plane.clock.advance(7000);
    assert.deepEqual(await node.runtime.listContainers({ podUid: uid! }), []);
  });

  test('sidecars end after the containers that they serve, the last one first', async () => {
    const sidecar = (name: string): Container => ({ ...main, name, restartPolicy: 'Always' });
    await node.run(
      'served',
      { initContainers: [sidecar('first'), sidecar('second')], containers: [main] },
      scripted({ 'termination-delay': '2s' }),
    );
    await ready('served');
    const { uid } = (await node.pod('served')).metadata;
    const ended: string[] = [];
    const names = new Map((await node.runtime.listContainers({ podUid: uid! })).map(({ id, metadata }) => [id, metadata.name]));
    const forget = node.runtime.onEvent(({ type, id }) => {
      if (type === 'ContainerStopped' && names.has(id)) ended.push(names.get(id)!);
    });
    await remove('served');
    await secondsUntilGone('served');
    forget();
    assert.deepEqual(ended, ['main', 'second', 'first']);
  });

  test('a pod that is deleted before it has begun goes, too', async () => {
    await node.run('stuck', { containers: [{ ...main, image: 'doesnotexist' }] });
    await plane.clock.advance(3000);
    await remove('stuck');
    assert.ok((await secondsUntilGone('stuck')) < 1);
    await node.run('unmounted', { volumes: [{ name: 'v', secret: { secretName: 'nowhere' } }], containers: [main] });
    await plane.clock.advance(3000);
    await remove('unmounted');
    assert.ok((await secondsUntilGone('unmounted')) < 1);
  });

  test('a pod with a finalizer ends, and stays until the finalizer goes', async () => {
    await node.run('held', { containers: [main] });
    await ready('held');
    await plane.client.patch(Pod, { namespace: 'default', name: 'held' }, 'merge', { metadata: { finalizers: ['example.com/hold'] } });
    await remove('held');
    await plane.clock.advance(5000);
    const held = await node.pod('held');
    assert.equal(held.status.phase, 'Succeeded');
    assert.ok(held.status.containerStatuses?.[0]?.state?.terminated);
    await plane.client.patch(Pod, { namespace: 'default', name: 'held' }, 'merge', { metadata: { finalizers: null } });
    await secondsUntilGone('held');
  });
});
