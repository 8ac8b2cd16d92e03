/** Pods as far as the API goes: no scheduler heeds these, so that nothing of theirs runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod as PodObject } from '../../src/api/generated/core/v1.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused, unlessMissing, until } from './bed.ts';

const containers = [{ name: 'pause', image: 'registry.k8s.io/pause:3.10' }];
const schedulerName = 'nobody';

conformance('pods', (bed) => {
  const create = (namespace: string, name: string, spec: object = {}) =>
    bed.client.create(Pod, { metadata: { namespace, name }, spec: { containers, schedulerName, ...spec } } as never);
  const part = (namespace: string, name: string, subresource: string) => ({ ...refOf(Pod, { namespace, name }), subresource });

  test('pods support all operations, and their status too', async () => {
    const namespace = await bed.namespace();
    const condition = (status: string) => ({ type: 'Ready', status, reason: 'E2E', lastTransitionTime: '2026-01-01T00:00:00Z' });
    await exercise(bed, {
      kind: Pod,
      namespace,
      make: () => ({ spec: { containers, schedulerName } }),
      change: (pod) => ({
        ...pod,
        spec: { ...pod.spec, containers: [{ ...pod.spec.containers[0]!, image: 'registry.k8s.io/pause:3.9' }] },
      }),
      status: [{ conditions: [condition('False')] }, { conditions: [condition('True')] }],
    });
  });

  test('a status is written as a status alone', async () => {
    const namespace = await bed.namespace();
    await create(namespace, 'a');
    const patch = {
      status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }], phase: 'Running' },
    };
    const patched = await bed.client.patch(Pod, { namespace, name: 'a' }, 'strategic', patch, { subresource: 'status' });
    assert.deepEqual([patched.status?.phase, patched.status?.conditions?.map(({ type }) => type)], ['Running', ['Ready']]);
    const ignored = await bed.client.patch(Pod, { namespace, name: 'a' }, 'strategic', { status: { phase: 'Failed' } });
    assert.equal(ignored.status?.phase, 'Running');
  });

  test('generation starts at 1 and counts changes of what is desired', async () => {
    const namespace = await bed.namespace();
    const at = { namespace, name: 'a' };
    assert.equal((await create(namespace, 'a')).metadata.generation, 1);
    const generation = async (patch: unknown) => (await bed.client.patch(Pod, at, 'strategic', patch)).metadata.generation;
    assert.equal(await generation({ metadata: { labels: { a: 'b' } } }), 1);
    assert.equal(await generation({ spec: { containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.9' }] } }), 2);
    assert.equal(await generation({ spec: { activeDeadlineSeconds: 5000 } }), 3);
    const toleration = { key: 'foo', operator: 'Exists', effect: 'NoSchedule' };
    const { spec } = await bed.client.get(Pod, at);
    const merged = await bed.client.patch(Pod, at, 'merge', { spec: { tolerations: [...spec.tolerations!, toleration] } });
    assert.equal(merged.metadata.generation, 4);
  });

  test('a generation of one’s own counts for nothing, and a graceful deletion counts as a change', async () => {
    const namespace = await bed.namespace();
    const metadata = { namespace, name: 'a', generation: 100, finalizers: ['example.com/hold'] };
    const made = await bed.client.create(Pod, { metadata, spec: { containers, nodeName: 'somewhere' } } as never);
    assert.equal(made.metadata.generation, 1);
    await bed.client.delete(Pod, { namespace, name: 'a' }, { gracePeriodSeconds: 30 });
    const going = await bed.client.get(Pod, { namespace, name: 'a' });
    assert.deepEqual([going.metadata.generation, going.metadata.deletionGracePeriodSeconds], [2, 30]);
  });

  test('a pod changes little once it is there', async () => {
    const namespace = await bed.namespace();
    const pod = await create(namespace, 'a');
    await refused(
      bed.client.update(Pod, { ...pod, spec: { ...pod.spec, hostNetwork: true } }),
      422,
      /spec: Forbidden: pod updates may not change fields other than `spec.containers\[\*\].image`,`spec.initContainers\[\*\].image`,/,
    );
    await refused(
      bed.client.patch(Pod, { namespace, name: 'a' }, 'json', [
        { op: 'add', path: '/spec/containers/-', value: { name: 'b', image: 'b' } },
      ]),
      422,
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    );
    const [scheduled] = [await create(namespace, 'b', { nodeName: 'somewhere' })];
    await refused(bed.client.patch(Pod, { namespace, name: 'b' }, 'merge', { spec: { nodeName: 'elsewhere' } }), 422, 'spec');
    assert.equal(scheduled.spec?.nodeName, 'somewhere');
  });

  test('ephemeral containers are added through their subresource, and stay', async () => {
    const namespace = await bed.namespace();
    const pod = await create(namespace, 'a');
    const debug = { name: 'debugger', image: 'busybox', command: ['/bin/sh'], stdin: true, tty: true };
    const place = part(namespace, 'a', 'ephemeralcontainers');
    await refused(create(namespace, 'b', { ephemeralContainers: [debug] }), 422, 'spec.ephemeralContainers: Forbidden');
    const patched = await bed.client.patch(
      Pod,
      { namespace, name: 'a' },
      'strategic',
      { spec: { ephemeralContainers: [debug] } },
      {
        subresource: 'ephemeralcontainers',
      },
    );
    assert.deepEqual(
      patched.spec?.ephemeralContainers?.map(({ name, terminationMessagePath, imagePullPolicy }) => [
        name,
        terminationMessagePath,
        imagePullPolicy,
      ]),
      [['debugger', '/dev/termination-log', 'Always']],
    );
    assert.equal(patched.metadata.generation, pod.metadata.generation! + 1);
    const second = { ...debug, name: 'debugger2' };
    const updated = await bed.client.updateSub<PodObject>(place, {
      ...patched,
      spec: { ...patched.spec, ephemeralContainers: [...patched.spec.ephemeralContainers, second] },
    } as never);
    assert.equal(updated.spec?.ephemeralContainers?.length, 2);
    await refused(
      bed.client.updateSub(place, { ...updated, spec: { ...updated.spec, ephemeralContainers: [second] } } as never),
      422,
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debugger" may not be removed',
    );
  });

  test('resources change through resize alone', async () => {
    const namespace = await bed.namespace();
    const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } };
    await create(namespace, 'a', { containers: [{ ...containers[0]!, resources }] });
    const patch = { spec: { containers: [{ name: 'pause', resources: { requests: { cpu: '150m' } } }] } };
    await refused(
      bed.client.patch(Pod, { namespace, name: 'a' }, 'strategic', patch),
      422,
      'spec: Forbidden: pod updates may not change fields',
    );
    const resized = await bed.client.patch(Pod, { namespace, name: 'a' }, 'strategic', patch, { subresource: 'resize' });
    assert.equal(resized.spec?.containers[0]?.resources?.requests?.['cpu'], '150m');
    assert.equal(resized.metadata.generation, 2);
    const toGuaranteed = { spec: { containers: [{ name: 'pause', resources: { requests: { cpu: '200m', memory: '128Mi' } } }] } };
    await refused(
      bed.client.patch(Pod, { namespace, name: 'a' }, 'strategic', toGuaranteed, { subresource: 'resize' }),
      422,
      'Pod QOS Class may not change as a result of resizing',
    );
  });

  test('a collection of pods is deleted, with grace where a node has them', async () => {
    const namespace = await bed.namespace();
    for (const name of ['a', 'b', 'c']) await create(namespace, name);
    await bed.client.deleteCollection(Pod, { namespace });
    assert.deepEqual((await bed.client.list(Pod, { namespace })).items, [], 'what no node has is gone at once');
    await create(namespace, 'on-a-node', { nodeName: 'somewhere' });
    await bed.client.deleteCollection(Pod, { namespace });
    const going = await bed.client.get(Pod, { namespace, name: 'on-a-node' });
    assert.equal(going.metadata.deletionGracePeriodSeconds, 30);
    await bed.client.delete(Pod, { namespace, name: 'on-a-node' }, { gracePeriodSeconds: 0 });
    await until(async () => !(await bed.client.get(Pod, { namespace, name: 'on-a-node' }).catch(unlessMissing)));
  });

  test('generated names differ, are short enough, and say what they come from', async () => {
    const namespace = await bed.namespace();
    const names = new Set<string>();
    const generateName = `${'x'.repeat(300)}-`;
    for (let i = 0; i < 5; i++)
      names.add(
        (await bed.client.create(Pod, { metadata: { namespace, generateName: 'web-' }, spec: { containers, schedulerName } } as never))
          .metadata.name!,
      );
    assert.equal(names.size, 5);
    for (const name of names) assert.match(name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    const long = await bed.client.create(Pod, {
      metadata: { namespace, generateName: generateName.slice(0, 70) },
      spec: { containers, schedulerName },
    } as never);
    assert.equal(long.metadata.name!.length, 63);
  });
});
