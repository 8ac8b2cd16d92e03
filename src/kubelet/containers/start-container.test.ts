import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Container, Pod as PodType } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { isReady, podCondition } from '../../api/pods/pod-state.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { scripted, TrialKubelet } from '../trial.ts';

const waitingOf = ({ status }: PodType): string => {
  const { reason, message } = status.containerStatuses?.[0]?.state?.waiting ?? {};
  return `${reason}: ${message}`;
};

describe('starting containers', () => {
  let plane: VirtualControlPlane;
  let node: TrialKubelet;
  before(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
    node = new TrialKubelet(plane.client, plane.env);
    await node.start();
  });
  after(() => plane[Symbol.dispose]());

  const main: Container = { name: 'main', image: 'nginx', imagePullPolicy: 'IfNotPresent' };

  test('an image is pulled once, and found the second time', async () => {
    await node.run('one', { containers: [main] });
    await plane.until(async () => isReady(await node.pod('one')));
    await node.run('two', { containers: [main] });
    await plane.until(async () => isReady(await node.pod('two')));
    const [pulling, pulled] = await node.eventsOf('one');
    assert.equal(pulling, 'Pulling: Pulling image "nginx"');
    assert.match(
      pulled ?? '',
      /^Pulled: Successfully pulled image "nginx" in \d+ms \(\d+ms including waiting\)\. Image size: \d+ bytes\.$/,
    );
    assert.equal(
      (await node.eventsOf('two'))[0],
      'Pulled: Container image "nginx" already present on machine and can be accessed by the pod',
    );
  });

  test('what is no name of an image is no name under any pull policy', async () => {
    for (const imagePullPolicy of ['Always', 'IfNotPresent'] as const) {
      const name = `misnamed-${imagePullPolicy.toLowerCase()}`;
      await node.run(name, { containers: [{ ...main, image: 'Nginx', imagePullPolicy }] });
      const why =
        'Failed to apply default image tag "Nginx": couldn\'t parse image name "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase';
      await plane.until(async () => (await node.eventsOf(name)).includes('Failed: Error: InvalidImageName'));
      assert.ok((await node.eventsOf(name)).includes(`InspectFailed: ${why}`));
      await plane.until(async () => waitingOf(await node.pod(name)) === `InvalidImageName: ${why}`);
    }
  });

  test('an image that is not there is asked for ever less often', async () => {
    const pullsOf = async () => (await node.eventCount('wrong', 'Pulling')) ?? 0;
    await node.run('wrong', { containers: [{ ...main, image: 'doesnotexist' }] });
    await plane.until(async () => (await node.eventsOf('wrong')).includes('Failed: Error: ErrImagePull'));
    await plane.clock.settle();
    assert.match(waitingOf(await node.pod('wrong')), /^ErrImagePull: failed to pull and unpack image/);
    await plane.clock.advance(2000);
    assert.match(
      waitingOf(await node.pod('wrong')),
      /^ImagePullBackOff: Back-off pulling image "doesnotexist": ErrImagePull: failed to pull/,
    );
    const events = await node.eventsOf('wrong');
    assert.ok(events.includes('BackOff: Back-off pulling image "doesnotexist"'));
    assert.ok(events.includes('Failed: Error: ImagePullBackOff'));
    assert.equal(await pullsOf(), 1);
    await plane.clock.advance(10_000);
    assert.equal(await pullsOf(), 2);
    await plane.clock.advance(15_000);
    assert.equal(await pullsOf(), 2);
    await plane.clock.advance(8000);
    assert.equal(await pullsOf(), 3);
    assert.equal((await node.pod('wrong')).status.phase, 'Pending');
  });

  test('an image that must not be pulled has to be there', async () => {
    await node.run('never', { containers: [{ ...main, image: 'busybox', imagePullPolicy: 'Never' }] });
    await plane.clock.advance(2000);
    assert.equal(
      waitingOf(await node.pod('never')),
      'ErrImageNeverPull: Container image "busybox" is not present with pull policy of Never',
    );
  });

  test('a container that cannot be started says why', async () => {
    await node.run('broken', { containers: [main] }, scripted({ 'start-error': 'exec: "nope": executable file not found in $PATH' }));
    const said = 'exec: "nope": executable file not found in $PATH';
    await plane.until(async () => waitingOf(await node.pod('broken')).startsWith('RunContainerError: '));
    assert.ok((await node.eventsOf('broken')).includes(`Failed: Error: ${said}`));
    // It is tried once more, and then waits as any other that ends too soon.
    await plane.clock.advance(3000);
    const [shown] = (await node.pod('broken')).status.containerStatuses ?? [];
    assert.match(shown?.state?.waiting?.message ?? '', /^back-off 10s restarting failed container=main pod=broken_default\(/);
    assert.deepEqual(
      [shown?.restartCount, shown?.lastState?.terminated?.reason, shown?.lastState?.terminated?.exitCode],
      [1, 'StartError', 128],
    );
    assert.equal(shown?.lastState?.terminated?.message, said);
  });

  test('an official image runs as root, and not where that is forbidden', async () => {
    await node.run('nobody', { securityContext: { runAsNonRoot: true }, containers: [main] });
    await plane.until(async () => waitingOf(await node.pod('nobody')).startsWith('CreateContainerConfigError: container has runAsNonRoot'));
    const why = 'Failed: Error: container has runAsNonRoot and image will run as root (pod: "nobody_default';
    assert.ok((await node.eventsOf('nobody')).some((event) => event.startsWith(why)));
  });

  test('a container whose postStart fails is killed', async () => {
    const lifecycle = { postStart: { exec: { command: ['sh', '-c', 'exit 1'] } } };
    await node.run('hooked', { containers: [{ ...main, lifecycle }] });
    await plane.clock.advance(3000);
    const events = await node.eventsOf('hooked');
    assert.ok(events.includes('FailedPostStartHook: PostStartHook failed'), events.join('\n'));
    assert.ok(events.includes('Killing: FailedPostStartHook'));
  });

  test('what a container’s environment needs has to be there', async () => {
    const env = [{ name: 'WORD', valueFrom: { secretKeyRef: { name: 'words', key: 'first' } } }];
    await node.run('words', { containers: [{ ...main, env }] });
    await plane.clock.advance(2000);
    assert.equal(waitingOf(await node.pod('words')), 'CreateContainerConfigError: secret "words" not found');
    assert.ok((await node.eventsOf('words')).includes('Failed: Error: secret "words" not found'));
    await node.secret('words', { second: 'b' });
    await plane.clock.advance(11_000);
    assert.equal(waitingOf(await node.pod('words')), "CreateContainerConfigError: couldn't find key first in Secret default/words");
    await node.secret('words', { first: 'a' });
    await plane.until(async () => isReady(await node.pod('words')));
  });

  test('volumes have to be there, but for optional ones', async () => {
    const volumes = [
      { name: 'keys', secret: { secretName: 'keys' } },
      { name: 'may-be', configMap: { name: 'nowhere', optional: true } },
    ];
    await node.run('mounted', { volumes, containers: [main] });
    await plane.clock.advance(2000);
    assert.equal(waitingOf(await node.pod('mounted')), 'ContainerCreating: undefined');
    assert.ok(
      (await node.eventsOf('mounted')).includes('FailedMount: MountVolume.SetUp failed for volume "keys" : secret "keys" not found'),
    );
    await node.secret('keys', { key: 'k' });
    await plane.until(async () => isReady(await node.pod('mounted')));
    await node.run('claimed', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }], containers: [main] });
    await plane.clock.advance(1000);
    const [event = ''] = await node.eventsOf('claimed');
    assert.match(event, /^FailedMount: Unable to attach or mount volumes: unmounted volumes=\[data\]/);
    assert.match(event, /persistentvolumeclaims "data" not found$/);
  });

  test('a container gets the image that its pod is given later', async () => {
    await node.run('patched', { containers: [{ ...main, image: 'doesnotexist' }] });
    await plane.clock.advance(2000);
    const patch = (image: string) =>
      plane.client.patch(Pod, { namespace: 'default', name: 'patched' }, 'strategic', { spec: { containers: [{ name: 'main', image }] } });
    await patch('nginx');
    await plane.clock.advance(1000);
    assert.ok(isReady(await node.pod('patched')));
    await patch('nginx:1.25');
    await plane.clock.advance(5000);
    const { status } = await node.pod('patched');
    assert.equal(status.containerStatuses?.[0]?.image, 'docker.io/library/nginx:1.25');
    assert.equal(status.containerStatuses?.[0]?.restartCount, 1);
    assert.ok((await node.eventsOf('patched')).includes('Killing: Container main definition changed, will be restarted'));
  });

  test('a running container is given the resources that its pod is given later', async () => {
    const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };
    const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
    await node.run('resized', { containers: [{ ...main, resources, resizePolicy }] });
    await plane.until(async () => isReady(await node.pod('resized')));
    const resize = (limits: object) =>
      plane.client.patch(
        Pod,
        { namespace: 'default', name: 'resized' },
        'strategic',
        { spec: { containers: [{ name: 'main', resources: { limits } }] } },
        { subresource: 'resize' },
      );
    const told: number[] = [];
    const { updateContainerResources } = node.runtime;
    node.runtime.updateContainerResources = (id, linux) => {
      told.push(linux.cpuQuotaMicros);
      return updateContainerResources.call(node.runtime, id, linux);
    };
    await resize({ cpu: '500m' });
    await plane.clock.advance(1000);
    assert.deepEqual(told, [50_000]);
    const [resized] = (await node.pod('resized')).status.containerStatuses ?? [];
    assert.deepEqual([resized?.resources?.limits?.['cpu'], resized?.restartCount], ['500m', 0]);
    await resize({ memory: '256Mi' });
    await plane.clock.advance(3000);
    assert.equal((await node.pod('resized')).status.containerStatuses?.[0]?.restartCount, 1);
  });

  test('more than the node has to give is granted when it has it', async () => {
    const asking = (cpu: string) => ({ requests: { cpu }, limits: { cpu } });
    await node.run('grows', { containers: [{ ...main, resources: asking('100m') }] });
    await node.run('gives-way', { containers: [{ ...main, resources: asking('3') }] });
    await plane.until(async () => isReady(await node.pod('gives-way')));
    await plane.client.patch(
      Pod,
      { namespace: 'default', name: 'grows' },
      'strategic',
      { spec: { containers: [{ name: 'main', resources: asking('2') }] } },
      { subresource: 'resize' },
    );
    await plane.clock.advance(2000);
    const resizing = (pod: PodType) => podCondition(pod, 'PodResizePending');
    const granted = (pod: PodType) => pod.status.containerStatuses?.[0]?.allocatedResources?.['cpu'];
    const waits = await node.pod('grows');
    assert.deepEqual([resizing(waits)?.reason, granted(waits)], ['Deferred', '100m']);
    assert.match(resizing(waits)?.message ?? '', /^Node didn't have enough resource: cpu, requested: 2000, used: \d+, capacity: \d+$/);
    assert.equal(await node.eventCount('grows', 'ResizeDeferred'), 1);
    await plane.client.delete(Pod, { namespace: 'default', name: 'gives-way' }, { gracePeriodSeconds: 0 });
    await plane.until(async () => granted(await node.pod('grows')) === '2');
    await plane.clock.advance(2000);
    assert.equal(resizing(await node.pod('grows')), undefined);
    const events = await node.eventsOf('grows');
    const summary = '{"containers":[{"name":"main","resources":{"limits":{"cpu":"2"},"requests":{"cpu":"2"}}}],"generation":2}';
    assert.deepEqual(events.filter((event) => event.startsWith('Resize')).slice(1), [
      `ResizeStarted: Pod resize started: ${summary}`,
      `ResizeCompleted: Pod resize completed: ${summary}`,
    ]);
  });

  test('a container that begins anew with all others begins with the init containers', async () => {
    const rules = [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } }];
    const init: Container = { ...main, name: 'init', command: ['sh', '-c', 'exit 0'] };
    const other: Container = { ...main, name: 'other' };
    const flagged: Container = { ...main, restartPolicy: 'Never', restartPolicyRules: rules };
    const annotations = scripted({ 'exit-code.main': '88', 'exit-after.main': '2s', 'exit-runs.main': '1' });
    await node.run('anew', { initContainers: [init], containers: [flagged, other] }, annotations);
    await plane.clock.advance(20_000);
    const { status } = await node.pod('anew');
    const counts = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(
      (one) => `${one.name} ${one.restartCount}`,
    );
    assert.deepEqual(counts, ['init 1', 'main 1', 'other 1']);
    assert.equal(status.phase, 'Running');
  });
});
