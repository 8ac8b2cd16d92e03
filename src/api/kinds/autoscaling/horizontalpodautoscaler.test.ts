import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../draft.ts';
import type { KubeObject } from '../../meta.ts';
import { created, createProblems, row, type Manifest } from '../trial.ts';
import { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from './horizontalpodautoscaler.ts';

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const hpa = (spec: Manifest = {}): Manifest => ({ metadata: { name: 'web' }, spec: { scaleTargetRef, maxReplicas: 5, ...spec } });
const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const queue = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } } };

test('an autoscaler gets its defaults', () => {
  const { spec } = created(HorizontalPodAutoscaler, hpa({ behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } }));
  assert.equal(spec.minReplicas, 1);
  assert.deepEqual(spec.metrics, [cpu(80)]);
  assert.deepEqual(spec.behavior?.scaleUp, {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  });
  assert.equal(spec.behavior.scaleDown?.stabilizationWindowSeconds, 60);
});

const cases: readonly (readonly [what: string, spec: Manifest, problems: readonly string[]])[] = [
  ['nothing wrong', { metrics: [cpu(50), queue] }, []],
  ['bounds that cross', { minReplicas: 6 }, ['spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`']],
  [
    'no replicas at the least',
    { minReplicas: 0 },
    [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  ],
  ['no target', { scaleTargetRef: {} }, ['spec.scaleTargetRef.kind: Required value', 'spec.scaleTargetRef.name: Required value']],
  [
    'two sources in one metric',
    { metrics: [{ ...cpu(50), external: queue.external }] },
    ['spec.metrics[0].external: Forbidden: must populate the given metric source only'],
  ],
  [
    'a metric without its source',
    { metrics: [{ type: 'Pods' }] },
    ['spec.metrics[0].pods: Required value: must populate information for the given metric source'],
  ],
  [
    'a target below zero',
    { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '-1' } } }] },
    ['spec.metrics[0].resource.target.averageValue: Invalid value: "-1": must be positive'],
  ],
  [
    'a rule without policies',
    { behavior: { scaleUp: { policies: [], stabilizationWindowSeconds: 4000 } } },
    [
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600',
      'spec.behavior.scaleUp.policies: Required value: must specify at least one Policy',
    ],
  ],
];
for (const [what, spec, problems] of cases)
  test(`an autoscaler with ${what}`, () => assert.deepEqual(createProblems(HorizontalPodAutoscaler, hpa(spec)), problems));

test('kubectl get hpa counts the metrics it has no room for', () => {
  const object = created(HorizontalPodAutoscaler, hpa({ metrics: [cpu(50), queue, queue] }));
  const currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 40 } } }];
  const { Reference, Targets, MinPods, MaxPods } = row(HorizontalPodAutoscaler, {
    ...object,
    status: { desiredReplicas: 1, currentMetrics },
  });
  assert.deepEqual([Reference, Targets, MinPods, MaxPods], ['Deployment/web', 'cpu: 40%/50%, <unknown>/30 (avg) + 1 more...', '1', 5]);
});

test('v1 says CPU in a field and the rest in annotations, and loses nothing', () => {
  const stored = created(HorizontalPodAutoscaler, {
    ...hpa({ metrics: [cpu(50), queue], behavior: { scaleUp: {} } }),
    apiVersion: 'autoscaling/v2',
  });
  const { toStored, fromStored } = HorizontalPodAutoscalerV1.storage!;
  const v1 = fromStored(structuredClone(stored) as Draft<KubeObject>);
  assert.equal(v1.apiVersion, 'autoscaling/v1');
  assert.equal(Reflect.get(Reflect.get(v1, 'spec'), 'targetCPUUtilizationPercentage'), 50);
  assert.equal(
    v1.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'],
    '[{"type":"External","external":{"metricName":"queue","targetAverageValue":"30"}}]',
  );
  const back = toStored(v1) as unknown as typeof stored;
  assert.deepEqual(back.spec, stored.spec);
  assert.equal(back.metadata.annotations, undefined);
  assert.equal(back.apiVersion, 'autoscaling/v2');
});

test('v1 without a target means 80 percent of the CPU', () => {
  const v1 = created(HorizontalPodAutoscalerV1, hpa()) as Draft<KubeObject>;
  const stored = HorizontalPodAutoscalerV1.storage!.toStored(v1);
  assert.deepEqual(Reflect.get(Reflect.get(stored, 'spec'), 'metrics'), [cpu(80)]);
});
