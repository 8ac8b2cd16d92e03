import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ReplicaSet as ReplicaSetObject } from '../../api/generated/apps/v1.ts';
import type { HorizontalPodAutoscaler as Autoscaler, HorizontalPodAutoscalerSpec } from '../../api/generated/autoscaling/v2.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { HorizontalPodAutoscaler } from '../../api/kinds/autoscaling/horizontalpodautoscaler.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { runController } from '../../client/controller.ts';
import { Informers } from '../../client/informers.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { defaultFlags } from '../flags.ts';
import { autoscalerController } from './controller.ts';

let plane: VirtualControlPlane;
describe('horizontal pod autoscaler', () => {
  const namespace = 'default';
  const labels = { app: 'web' };
  /** Cores in thousandths of every pod; undefined where nobody measures. */
  let used: number | undefined;

  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: ['serviceaccount-controller'] });
    used = 50;
    const podMetrics = async () => {
      if (used === undefined) throw new Error('unable to fetch metrics from resource metrics API: nobody is there');
      const { items } = await plane.client.list(Pod, { namespace });
      const usage = { cpu: `${used}m`, memory: '1Mi' };
      const timestamp = new Date(plane.clock.now()).toISOString();
      return items.map(({ metadata }) => ({ metadata, timestamp, window: '15s', containers: [{ name: 'c', usage }] }));
    };
    const controller = autoscalerController({ kinds: () => [ReplicaSet], metrics: { podMetrics }, flags: defaultFlags });
    await runController(controller, plane.client, new Informers(plane.client, plane.env), plane.env);
  });
  afterEach(() => plane[Symbol.dispose]());

  async function makeTarget(replicas: number) {
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    await plane.client.create<ReplicaSetObject>(ReplicaSet, {
      metadata: { name: 'web', namespace },
      spec: { replicas, selector: { matchLabels: labels }, template },
      status: { replicas: 0 },
    });
    for (let n = 0; n < replicas; n++) await makePod(`web-${n}`);
  }
  async function makePod(name: string) {
    const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }];
    await plane.client.create(Pod, { metadata: { name, namespace, labels }, spec: { containers }, status: {} });
    const time = '2025-12-31T00:00:00Z';
    const status = { phase: 'Running', startTime: time, conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time }] };
    await plane.client.patch(Pod, { namespace, name }, 'merge', { status }, { subresource: 'status' });
  }
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  const make = (spec: Partial<HorizontalPodAutoscalerSpec> = {}, name = 'web') =>
    plane.client.create<Autoscaler>(HorizontalPodAutoscaler, {
      metadata: { name, namespace },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' }, maxReplicas: 10, metrics: [cpu], ...spec },
      status: { desiredReplicas: 0 },
    });
  const period = () => plane.clock.advance(15_500);
  const status = async (name = 'web') => (await plane.client.get(HorizontalPodAutoscaler, { namespace, name })).status;
  const condition = async (type: string) => (await status()).conditions?.find((one) => one.type === type);
  const replicas = async () => (await plane.client.get(ReplicaSet, { namespace, name: 'web' })).spec.replicas;
  const events = async (reason: string) => {
    await plane.clock.advance(200);
    return (await plane.client.list(Event, { namespace })).items.filter((event) => event.reason === reason);
  };

  test('a target that is too busy grows, and it is told why', async () => {
    await makeTarget(2);
    await make();
    used = 75;
    await period();
    assert.equal(await replicas(), 3);
    const [event] = await events('SuccessfulRescale');
    assert.equal(event?.message, 'New size: 3; reason: cpu resource utilization (percentage of request) above target');
    assert.equal(event.source?.component, 'horizontal-pod-autoscaler');
    const { currentReplicas, desiredReplicas, currentMetrics, lastScaleTime } = await status();
    assert.deepEqual([currentReplicas, desiredReplicas, lastScaleTime], [2, 3, '2026-01-01T00:00:15Z']);
    assert.deepEqual(currentMetrics, [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 75, averageValue: '75m' } } },
    ]);
    assert.deepEqual(
      [(await condition('AbleToScale'))?.reason, (await condition('ScalingActive'))?.reason],
      ['SucceededRescale', 'ValidMetricFound'],
    );
  });

  test('an idle target shrinks five minutes later, and not below its minimum', async () => {
    await makeTarget(4);
    await make({ minReplicas: 2 });
    used = 1;
    await plane.clock.advance(290_000);
    assert.equal(await replicas(), 4);
    assert.equal((await condition('AbleToScale'))?.reason, 'ScaleDownStabilized');
    await plane.clock.advance(40_000);
    assert.equal(await replicas(), 2);
    assert.match((await events('SuccessfulRescale'))[0]?.message ?? '', /^New size: 2; reason: All metrics below target$/);
  });

  test('a target outside the bounds is brought into them whatever it uses', async () => {
    await makeTarget(4);
    await make({ maxReplicas: 3 });
    await period();
    assert.equal(await replicas(), 3);
    assert.equal((await events('SuccessfulRescale'))[0]?.message, 'New size: 3; reason: Current number of replicas above Spec.MaxReplicas');
  });

  test('a target of no pods is left at that', async () => {
    await makeTarget(0);
    await make();
    await period();
    assert.deepEqual([await replicas(), (await condition('ScalingActive'))?.reason], [0, 'ScalingDisabled']);
  });

  test('where nobody measures, it says so and does nothing', async () => {
    await makeTarget(2);
    await make();
    used = undefined;
    await period();
    assert.equal(await replicas(), 2);
    const detail =
      'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: nobody is there';
    const active = await condition('ScalingActive');
    assert.deepEqual([active?.status, active?.reason], ['False', 'FailedGetResourceMetric']);
    assert.equal(active?.message, `the HPA was unable to compute the replica count: ${detail}`);
    assert.equal((await events('FailedGetResourceMetric'))[0]?.message, detail);
    assert.equal(
      (await events('FailedComputeMetricsReplicas'))[0]?.message,
      `invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${detail}`,
    );
  });

  test('metrics of other APIs are told to be missing, and the others still count upwards', async () => {
    await makeTarget(2);
    const pods = { type: 'Pods', pods: { metric: { name: 'hits' }, target: { type: 'AverageValue', averageValue: '10' } } };
    await make({ metrics: [pods, cpu] });
    used = 100;
    await period();
    assert.equal(await replicas(), 4);
    assert.equal(
      (await events('FailedGetPodsMetric'))[0]?.message,
      'unable to get metric hits: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    );
  });

  test('a target that is not there is told of', async () => {
    await make();
    await period();
    const able = await condition('AbleToScale');
    assert.deepEqual([able?.status, able?.reason], ['False', 'FailedGetScale']);
    assert.equal(able?.message, 'the HPA controller was unable to get the target\'s current scale: replicasets.apps "web" not found');
  });

  test('two autoscalers of the same pods do nothing', async () => {
    await makeTarget(2);
    await make();
    await make({}, 'web2');
    used = 100;
    await period();
    await period();
    const [event] = await events('AmbiguousSelector');
    assert.equal(event?.message, 'pods by selector app=web are controlled by multiple HPAs: [{web default} {web2 default}]');
  });
});
