import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Pod as PodType, PodSpec } from '../../api/generated/core/v1.ts';
import { ConfigMap } from '../../api/kinds/core/configmap.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { PodMetrics } from '../../api/kinds/metrics/podmetrics.ts';
import { metricsApi } from '../../addons/metrics/api.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { kubelet, type RunningKubelet } from '../../kubelet/kubelet.ts';
import { trialMachine } from '../../kubelet/trial.ts';
import { MemoryFiles } from '../../machine/memory/files.ts';
import { simulatedProbes } from './probes.ts';
import { SimulatedRuntime } from './runtime.ts';
import { scripted } from './trial.ts';
import { SimulatedVolumes } from './volumes.ts';

describe('manifests on a simulated node', () => {
  let plane: VirtualControlPlane;
  let running: RunningKubelet;

  before(async () => {
    plane = await startVirtualControlPlane();
    const { env, client } = plane;
    const files = new MemoryFiles();
    const volumes = new SimulatedVolumes(files);
    const runtime = new SimulatedRuntime({ env, nodeName: 'node01', files, volumes });
    const probes = simulatedProbes(runtime);
    const config = { podCidr: '10.244.1.0/24' };
    running = await kubelet({ nodeName: 'node01', client, runtime, files, volumes, probes, config, machine: trialMachine }).start(env);
    await plane.clock.advance(3000);
  });
  after(async () => {
    await running[Symbol.asyncDispose]();
    plane[Symbol.dispose]();
  });

  const run = (name: string, spec: PodSpec, annotations: Readonly<Record<string, string>> = {}) =>
    plane.client.create(Pod, { metadata: { namespace: 'default', name, annotations }, spec: { nodeName: 'node01', ...spec } } as PodType);
  const statusOf = async (name: string) => (await plane.client.get(Pod, { namespace: 'default', name })).status;
  const sh = (script: string) => ['sh', '-c', script];

  test('a command reads its ConfigMap and its account’s namespace', async () => {
    await plane.client.create(ConfigMap, { metadata: { namespace: 'default', name: 'colors' }, data: { red: 'deep red' } });
    const read = 'cat /etc/colors/red /var/run/secrets/kubernetes.io/serviceaccount/namespace > /dev/termination-log';
    const volumeMounts = [{ name: 'colors', mountPath: '/etc/colors' }];
    await run('reader', {
      restartPolicy: 'Never',
      volumes: [{ name: 'colors', configMap: { name: 'colors' } }],
      containers: [{ name: 'main', image: 'busybox', command: sh(read), volumeMounts }],
    });
    await plane.until(async () => (await statusOf('reader'))?.phase === 'Succeeded');
    assert.equal((await statusOf('reader'))?.containerStatuses?.[0]?.state?.terminated?.message, 'deep reddefault');
  });

  test('an init container leaves something in a volume, after the time that it takes', async () => {
    const volumeMounts = [{ name: 'html', mountPath: '/html' }];
    await run('prepared', {
      volumes: [{ name: 'html', emptyDir: {} }],
      initContainers: [{ name: 'output', image: 'centos:6', command: sh('sleep 20; echo 1st > /html/index.html'), volumeMounts }],
      containers: [{ name: 'web', image: 'nginx', volumeMounts, readinessProbe: { exec: { command: ['cat', '/html/index.html'] } } }],
    });
    await plane.clock.advance(15_000);
    assert.ok((await statusOf('prepared'))?.initContainerStatuses?.[0]?.state?.running);
    await plane.until(async () => (await statusOf('prepared'))?.containerStatuses?.[0]?.ready ?? false);
  });

  test('the liveness probe of Kubernetes’ own pages ends its container after half a minute', async () => {
    const livenessProbe = { exec: { command: ['cat', '/tmp/healthy'] }, initialDelaySeconds: 5, periodSeconds: 5 };
    const script = 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600';
    await run('liveness', {
      terminationGracePeriodSeconds: 5,
      containers: [{ name: 'main', image: 'busybox', command: sh(script), livenessProbe }],
    });
    await plane.clock.advance(35_000);
    assert.equal((await statusOf('liveness'))?.containerStatuses?.[0]?.restartCount, 0);
    await plane.until(async () => (await statusOf('liveness'))?.containerStatuses?.[0]?.restartCount === 1);
  });

  test('what a pod’s annotations say of its load is what metrics tell', async () => {
    await run('busy', { containers: [{ name: 'main', image: 'nginx' }] }, scripted({ cpu: '100m@0s,900m@30s', memory: '64Mi' }));
    const api = metricsApi({ clock: plane.clock, client: () => plane.client, statsOf: () => running.stats() });
    const resource = { group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods', namespace: 'default', name: 'busy' };
    const usage = async () => {
      const result = await api.serve({ verb: 'get', resource, credentials: { by: 'nothing' } }, PodMetrics);
      return result.type === 'object' && (result.value.object as unknown as { containers: { usage: object }[] }).containers[0]?.usage;
    };
    await plane.clock.advance(5000);
    await assert.rejects(usage(), /pods\.metrics\.k8s\.io "default\/busy" not found/);
    await plane.clock.advance(10_000);
    assert.deepEqual(await usage(), { cpu: '100m', memory: '64Mi' });
    await plane.clock.advance(30_000);
    assert.deepEqual(await usage(), { cpu: '900m', memory: '64Mi' });
  });

  test('what is wrong in an annotation is told', async () => {
    await run('wrong', { containers: [{ name: 'main', image: 'nginx' }] }, scripted({ 'exit-code': 'x' }));
    await plane.until(async () => (await statusOf('wrong'))?.containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerError');
    const { message } = (await statusOf('wrong')).containerStatuses![0]!.state!.waiting!;
    assert.equal(message, 'annotation simulated.slipway.dev/exit-code: invalid value "x": an exit code is a number from 0 to 255');
  });
});
