import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod, PodSpec } from '../api/generated/core/v1.ts';
import { podInfoOf } from './pod-info.ts';
import { testPod } from './plugins/test-objects.ts';

const mebi = 1024 * 1024;
const container = (name: string, requests?: Record<string, string>, more: Partial<Container> = {}): Container => ({
  name,
  image: 'i',
  ...(requests && { resources: { requests } }),
  ...more,
});
const infoOf = (spec: Partial<PodSpec>, status: Pod['status'] = {}) => podInfoOf({ ...testPod('p', spec), status });

test('containers add up; init containers count by their hungriest moment beside the sidecars before them', () => {
  const { requests } = infoOf({
    containers: [container('a', { cpu: '500m', memory: '100Mi' }), container('b', { cpu: '250m', 'example.com/gpu': '2' })],
    initContainers: [
      container('sidecar', { cpu: '100m' }, { restartPolicy: 'Always' }),
      container('migrate', { cpu: '2', memory: '50Mi' }),
    ],
    overhead: { cpu: '10m' },
  });
  assert.equal(requests.milliCpu, 2110);
  assert.equal(requests.memoryBytes, 100 * mebi);
  assert.deepEqual([...requests.scalar], [['example.com/gpu', 2]]);
});

test('what the pod asks for as a whole stands in place of what its containers do', () => {
  const { requests } = infoOf({ containers: [container('a', { cpu: '500m', memory: '1Gi' })], resources: { requests: { cpu: '2' } } });
  assert.deepEqual([requests.milliCpu, requests.memoryBytes], [2000, 1024 * mebi]);
});

test('for scoring each container that does not say asks for 100m and 200 MiB', () => {
  const info = infoOf({ containers: [container('a', { cpu: '1' }), container('b'), container('c', { cpu: '0', memory: '0' })] });
  assert.deepEqual([info.nonZeroMilliCpu, info.nonZeroMemoryBytes], [1100, 400 * mebi]);
  assert.deepEqual([info.requests.milliCpu, info.requests.memoryBytes], [1000, 0]);
});

test('a resize under way counts by the larger of old and new; one that cannot be by what the container has', () => {
  const resizing = (reason?: string): Pod['status'] => ({
    containerStatuses: [
      {
        name: 'a',
        image: 'i',
        imageID: '',
        ready: true,
        restartCount: 0,
        resources: { requests: { cpu: '1' } },
        allocatedResources: { cpu: '1500m' },
      },
    ],
    ...(reason && { conditions: [{ type: 'PodResizePending', status: 'True', reason }] }),
  });
  const asks = (cpu: string) => ({ containers: [container('a', { cpu })] });
  assert.equal(infoOf(asks('3'), resizing()).requests.milliCpu, 3000);
  assert.equal(infoOf(asks('1'), resizing()).requests.milliCpu, 1500);
  assert.equal(infoOf(asks('3'), resizing('Infeasible')).requests.milliCpu, 1500);
});

test('host ports are those of containers and sidecars', () => {
  const port = (hostPort: number) => ({ ports: [{ containerPort: 1, hostPort }] });
  const { hostPorts } = infoOf({
    containers: [container('a', undefined, port(80)), container('b', undefined, { ports: [{ containerPort: 1 }] })],
    initContainers: [container('once', undefined, port(81)), container('side', undefined, { ...port(82), restartPolicy: 'Always' })],
  });
  assert.deepEqual(
    hostPorts.map(({ port: number }) => number),
    [80, 82],
  );
});

test('an affinity term speaks of the pods of its namespaces, by name or by label, and of its own when it names none', () => {
  const term = (more: object) => ({ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } }, ...more });
  const selects = (more: object, other: Pod): boolean => {
    const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(more)] } };
    return infoOf({ affinity }).affinity[0]!.selects(other, (namespace): Record<string, string> =>
      namespace === 'shop' ? { team: 'x' } : {},
    );
  };
  const web = (namespace: string) => testPod('web', { namespace, labels: { app: 'web' } });
  assert.ok(selects({}, web('default')));
  assert.ok(!selects({}, testPod('db', { labels: { app: 'db' } })));
  assert.ok(!selects({}, web('shop')));
  assert.ok(selects({ namespaces: ['shop'] }, web('shop')));
  assert.ok(!selects({ namespaces: ['shop'] }, web('default')));
  assert.ok(selects({ namespaceSelector: { matchLabels: { team: 'x' } } }, web('shop')));
  assert.ok(!selects({ namespaceSelector: { matchLabels: { team: 'x' } } }, web('default')));
  assert.ok(selects({ namespaceSelector: {} }, web('any')));
});
