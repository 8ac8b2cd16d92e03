/** What the kubelet puts into volumes, as simulated containers read it; the modes of files are a real kernel's affair. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, PodSpec, Volume } from '../../src/api/generated/core/v1.ts';
import type { Kind } from '../../src/api/kind.ts';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Secret } from '../../src/api/kinds/core/secret.ts';
import { conformance } from './bed.ts';
import { createPod, podThat } from './pods-of.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** ConfigMaps and Secrets hold the same in volumes, as they are and projected. */
interface Source {
  readonly kind: Kind;
  readonly data: (values: Readonly<Record<string, string>>) => object;
  readonly volume: (object: string, more?: object) => Omit<Volume, 'name'>;
  readonly names: Readonly<Record<'plain' | 'mapped' | 'multiple', string>>;
}

const projected = (source: object) => ({ projected: { sources: [source] } }) as Omit<Volume, 'name'>;
const plain = (values: Readonly<Record<string, string>>) => ({ data: values });
const secret = (values: Readonly<Record<string, string>>) => ({
  data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)])),
});

const sources: readonly Source[] = [
  {
    kind: ConfigMap,
    data: plain,
    volume: (name, more) => ({ configMap: { name, ...more } }),
    names: {
      plain: '[sig-storage] ConfigMap should be consumable from pods in volume [Conformance] [NodeConformance]',
      mapped: '[sig-storage] ConfigMap should be consumable from pods in volume with mappings [Conformance] [NodeConformance]',
      multiple: '[sig-storage] ConfigMap should be consumable in multiple volumes in the same pod [Conformance] [NodeConformance]',
    },
  },
  {
    kind: Secret,
    data: secret,
    volume: (secretName, more) => ({ secret: { secretName, ...more } }),
    names: {
      plain: '[sig-storage] Secrets should be consumable from pods in volume [Conformance] [NodeConformance]',
      mapped: '[sig-storage] Secrets should be consumable from pods in volume with mappings [Conformance] [NodeConformance]',
      multiple: '[sig-storage] Secrets should be consumable in multiple volumes in a pod [Conformance] [NodeConformance]',
    },
  },
  {
    kind: ConfigMap,
    data: plain,
    volume: (name, more) => projected({ configMap: { name, ...more } }),
    names: {
      plain: '[sig-storage] Projected configMap should be consumable from pods in volume [Conformance] [NodeConformance]',
      mapped: '[sig-storage] Projected configMap should be consumable from pods in volume with mappings [Conformance] [NodeConformance]',
      multiple:
        '[sig-storage] Projected configMap should be consumable in multiple volumes in the same pod [Conformance] [NodeConformance]',
    },
  },
  {
    kind: Secret,
    data: secret,
    volume: (name, more) => projected({ secret: { name, ...more } }),
    names: {
      plain: '[sig-storage] Projected secret should be consumable from pods in volume [Conformance] [NodeConformance]',
      mapped: '[sig-storage] Projected secret should be consumable from pods in volume with mappings [Conformance] [NodeConformance]',
      multiple: '[sig-storage] Projected secret should be consumable in multiple volumes in a pod [Conformance] [NodeConformance]',
    },
  },
];

interface Downward {
  readonly volume: (items: readonly object[]) => Omit<Volume, 'name'>;
  readonly names: Readonly<
    Record<'podName' | 'cpuLimit' | 'cpuRequest' | 'memoryLimit' | 'memoryRequest' | 'allCpu' | 'allMemory', string>
  >;
}

const downwards: readonly Downward[] = [
  {
    volume: (items) => ({ downwardAPI: { items } }) as Omit<Volume, 'name'>,
    names: {
      podName: '[sig-storage] Downward API volume should provide podname only [Conformance] [NodeConformance]',
      cpuLimit: "[sig-storage] Downward API volume should provide container's cpu limit [Conformance] [NodeConformance]",
      cpuRequest: "[sig-storage] Downward API volume should provide container's cpu request [Conformance] [NodeConformance]",
      memoryLimit: "[sig-storage] Downward API volume should provide container's memory limit [Conformance] [NodeConformance]",
      memoryRequest: "[sig-storage] Downward API volume should provide container's memory request [Conformance] [NodeConformance]",
      allCpu:
        '[sig-storage] Downward API volume should provide node allocatable (cpu) as default cpu limit if the limit is not set [Conformance] [NodeConformance]',
      allMemory:
        '[sig-storage] Downward API volume should provide node allocatable (memory) as default memory limit if the limit is not set [Conformance] [NodeConformance]',
    },
  },
  {
    volume: (items) => projected({ downwardAPI: { items } }),
    names: {
      podName: '[sig-storage] Projected downwardAPI should provide podname only [Conformance] [NodeConformance]',
      cpuLimit: "[sig-storage] Projected downwardAPI should provide container's cpu limit [Conformance] [NodeConformance]",
      cpuRequest: "[sig-storage] Projected downwardAPI should provide container's cpu request [Conformance] [NodeConformance]",
      memoryLimit: "[sig-storage] Projected downwardAPI should provide container's memory limit [Conformance] [NodeConformance]",
      memoryRequest: "[sig-storage] Projected downwardAPI should provide container's memory request [Conformance] [NodeConformance]",
      allCpu:
        '[sig-storage] Projected downwardAPI should provide node allocatable (cpu) as default cpu limit if the limit is not set [Conformance] [NodeConformance]',
      allMemory:
        '[sig-storage] Projected downwardAPI should provide node allocatable (memory) as default memory limit if the limit is not set [Conformance] [NodeConformance]',
    },
  },
];

conformance(
  'volumes of pods',
  (bed) => {
    const log = async (namespace: string) =>
      (await bed.request('GET', `/api/v1/namespaces/${namespace}/pods/pod/log`, { accept: '*/*' })).text;
    const podWith = (namespace: string, volumes: readonly Omit<Volume, 'name'>[], script: string, more: object = {}) => {
      const named = volumes.map((volume, index) => ({ name: `volume-${index}`, ...volume }));
      const volumeMounts = named.map(({ name }, index) => ({ name, mountPath: `/etc/${index}` }));
      const container = { name: 'main', image: 'busybox', command: ['sh', '-c', script], volumeMounts, ...more } as Container;
      const spec: Partial<PodSpec> = { restartPolicy: 'Never', volumes: named, containers: [container], terminationGracePeriodSeconds: 0 };
      return createPod(bed, namespace, 'pod', spec);
    };
    /** What a container reads there once. */
    const reads = async (namespace: string, volumes: readonly Omit<Volume, 'name'>[], script: string, more: object = {}) => {
      await podWith(namespace, volumes, script, more);
      await podThat(bed, namespace, 'pod', ({ status }) => status?.phase === 'Succeeded');
      return (await log(namespace)).trimEnd();
    };

    for (const { kind, data, volume, names } of sources) {
      const source = async (values: Readonly<Record<string, string>>) => {
        const namespace = await bed.namespace();
        await bed.client.create(kind, { metadata: { namespace, name: 'source' }, ...data(values) });
        return namespace;
      };

      test(names.plain, async () => {
        const namespace = await source({ 'data-1': 'value-1' });
        assert.equal(await reads(namespace, [volume('source')], 'cat /etc/0/data-1'), 'value-1');
      });

      test(names.mapped, async () => {
        const namespace = await source({ 'data-1': 'value-1', 'data-2': 'value-2' });
        const items = [{ key: 'data-2', path: 'path/to/data-2' }];
        assert.equal(await reads(namespace, [volume('source', { items })], 'cat /etc/0/path/to/data-2; echo; ls /etc/0'), 'value-2\npath');
      });

      test(names.multiple, async () => {
        const namespace = await source({ 'data-1': 'value-1' });
        assert.equal(await reads(namespace, [volume('source'), volume('source')], 'cat /etc/0/data-1 /etc/1/data-1'), 'value-1value-1');
      });
    }

    test('[sig-storage] Secrets should be able to mount in a volume regardless of a different secret existing with same name in different namespace [Conformance] [NodeConformance]', async () => {
      const [namespace, other] = [await bed.namespace(), await bed.namespace()];
      for (const [place, value] of [
        [namespace, 'value-1'],
        [other, 'another'],
      ] as const)
        await bed.client.create(Secret, { metadata: { namespace: place, name: 'source' }, ...secret({ 'data-1': value }) });
      assert.equal(await reads(namespace, [{ secret: { secretName: 'source' } }], 'cat /etc/0/data-1'), 'value-1');
    });

    for (const { volume, names } of downwards) {
      const field = (fieldPath: string) => volume([{ path: 'file', fieldRef: { fieldPath } }]);
      const resource = (name: string) => volume([{ path: 'file', resourceFieldRef: { containerName: 'main', resource: name } }]);
      const resources = { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '1250m', memory: '64Mi' } };
      for (const [name, asked, more, expected] of [
        [names.podName, field('metadata.name'), {}, 'pod'],
        [names.cpuLimit, resource('limits.cpu'), { resources }, '2'],
        [names.cpuRequest, resource('requests.cpu'), { resources }, '1'],
        [names.memoryLimit, resource('limits.memory'), { resources }, '67108864'],
        [names.memoryRequest, resource('requests.memory'), { resources }, '33554432'],
        [names.allCpu, resource('limits.cpu'), {}, '8'],
        [names.allMemory, resource('limits.memory'), {}, String(16 * 2 ** 30)],
      ] as const)
        test(name, async () => {
          assert.equal(await reads(await bed.namespace(), [asked], 'cat /etc/0/file', more), expected);
        });
    }

    test('[sig-storage] Projected combined should project all components that make up the projection API [Projection] [Conformance] [NodeConformance]', async () => {
      const namespace = await bed.namespace();
      await bed.client.create(ConfigMap, { metadata: { namespace, name: 'map' }, data: { 'configmap-data': 'configmap-value' } });
      await bed.client.create(Secret, { metadata: { namespace, name: 'secret' }, ...secret({ 'secret-data': 'secret-value' }) });
      const all = [
        { secret: { name: 'secret' } },
        { configMap: { name: 'map' } },
        { downwardAPI: { items: [{ path: 'podname', fieldRef: { fieldPath: 'metadata.name' } }] } },
      ];
      const script = 'for f in podname secret-data configmap-data; do cat /etc/0/$f; echo; done';
      assert.equal(await reads(namespace, [{ projected: { sources: all } }], script), 'pod\nsecret-value\nconfigmap-value');
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
