import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { PodTemplate } from '../../src/api/kinds/core/podtemplate.ts';
import { Secret } from '../../src/api/kinds/core/secret.ts';
import { Lease } from '../../src/api/kinds/coordination/lease.ts';
import { RuntimeClass } from '../../src/api/kinds/node/runtimeclass.ts';
import { exercise } from './api-operations.ts';
import { conformance, refused, unlessMissing } from './bed.ts';

const containers = [{ name: 'test', image: 'registry.k8s.io/pause:3.10' }];

conformance('node', (bed) => {
  test('[sig-node] ConfigMap should fail to create ConfigMap with empty key [Conformance]', async () => {
    const namespace = await bed.namespace();
    await refused(
      bed.client.create(ConfigMap, { metadata: { namespace, name: 'empty-key' }, data: { '': 'value' } }),
      422,
      'data[]: Invalid value: "": a valid config key must consist of alphanumeric characters',
    );
  });

  test('[sig-node] ConfigMap should run through a ConfigMap lifecycle [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, {
      kind: ConfigMap,
      namespace,
      make: () => ({ data: { valueName: 'value' } }),
      change: (map) => ({ ...map, data: { valueName: 'value1' } }),
    });
  });

  test('[sig-node] ConfigMap should update ConfigMap successfully [Conformance] [NodeConformance]', async () => {
    const namespace = await bed.namespace();
    const made = await bed.client.create(ConfigMap, { metadata: { namespace, name: 'updated' }, data: { 'data-1': 'value-1' } });
    const data = { data: 'value', 'data-1': 'value-2' };
    await bed.client.update(ConfigMap, { ...made, data });
    assert.deepEqual((await bed.client.get(ConfigMap, { namespace, name: 'updated' })).data, data);
  });

  test('[sig-node] Lease lease API should be available [Conformance]', async () => {
    const namespace = await bed.namespace();
    const spec = {
      holderIdentity: 'holder',
      leaseDurationSeconds: 30,
      acquireTime: '2026-01-01T00:00:00.123456Z',
      renewTime: '2026-01-01T00:00:05.100000Z',
      leaseTransitions: 0,
    };
    const made = await bed.client.create(Lease, { metadata: { namespace, name: 'a' }, spec });
    assert.deepEqual((await bed.client.get(Lease, { namespace, name: 'a' })).spec, spec, 'microseconds are kept');
    const next = { ...spec, holderIdentity: 'other', leaseTransitions: 1 };
    const updated = await bed.client.update(Lease, { ...made, spec: next });
    assert.deepEqual(updated.spec, next);
    const patched = await bed.client.patch(Lease, { namespace, name: 'a' }, 'strategic', { spec: { leaseDurationSeconds: 50 } });
    assert.deepEqual(patched.spec, { ...next, leaseDurationSeconds: 50 });
    await exercise(bed, { kind: Lease, namespace, make: () => ({ spec }) });
  });

  test('[sig-node] Node Lifecycle should run through the lifecycle of a node [Conformance]', async () => {
    await exercise(bed, {
      kind: Node,
      make: () => ({ spec: { unschedulable: true } }),
      status: [
        { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', reason: 'E2E', message: 'patched' }] },
        { conditions: [{ type: 'Ready', status: 'True', reason: 'E2E', message: 'put' }] },
      ],
    });
  });

  test('[sig-node] PodTemplates should run the lifecycle of PodTemplates [Conformance]', async () => {
    const namespace = await bed.namespace();
    await exercise(bed, { kind: PodTemplate, namespace, make: () => ({ template: { spec: { containers } } }) });
  });

  test('[sig-node] PodTemplates should delete a collection of pod templates [Conformance]', async () => {
    const namespace = await bed.namespace();
    const label = (index: number) => ({ 'podtemplate-set': index < 3 ? 'true' : 'false' });
    for (const index of [0, 1, 2, 3])
      await bed.client.create(PodTemplate, {
        metadata: { namespace, name: `template-${index}`, labels: label(index) },
        template: { spec: { containers } },
      });
    await bed.client.deleteCollection(PodTemplate, { namespace }, {}, { labelSelector: 'podtemplate-set=true' });
    const { items } = await bed.client.list(PodTemplate, { namespace });
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ['template-3'],
    );
  });

  test('[sig-node] PodTemplates should replace a pod template [Conformance]', async () => {
    const namespace = await bed.namespace();
    const made = await bed.client.create(PodTemplate, { metadata: { namespace, name: 'a' }, template: { spec: { containers } } });
    const template = { ...made.template, spec: { ...made.template.spec!, containers: [{ name: 'other', image: 'img:1' }] } };
    const replaced = await bed.client.update(PodTemplate, { ...made, template });
    const { name, imagePullPolicy } = replaced.template.spec!.containers[0]!;
    assert.deepEqual([name, imagePullPolicy], ['other', 'IfNotPresent']);
  });

  test('[sig-node] Pods Extended Pods Set QOS Class should be set on Pods with matching resource requests and limits for memory and cpu [Conformance]', async () => {
    const namespace = await bed.namespace();
    const qosOf = async (name: string, resources: object) =>
      (await bed.client.create(Pod, { metadata: { namespace, name }, spec: { containers: [{ ...containers[0]!, resources }] } } as never))
        .status?.qosClass;
    const amounts = { cpu: '100m', memory: '100Mi' };
    assert.equal(await qosOf('guaranteed', { requests: amounts, limits: amounts }), 'Guaranteed');
    assert.equal(await qosOf('guaranteed-by-limits', { limits: amounts }), 'Guaranteed');
    assert.equal(await qosOf('burstable', { requests: amounts }), 'Burstable');
    assert.equal(await qosOf('best-effort', {}), 'BestEffort');
  });

  test('[sig-node] RuntimeClass should support RuntimeClasses API operations [Conformance]', async () => {
    await exercise(bed, { kind: RuntimeClass, make: () => ({ handler: 'e2e-handler' }) });
  });

  test('[sig-node] RuntimeClass should reject a Pod requesting a non-existent RuntimeClass [Conformance] [NodeConformance]', async () => {
    const namespace = await bed.namespace();
    const pod = { metadata: { namespace, name: 'a' }, spec: { containers, runtimeClassName: 'nonexistent' } };
    await refused(bed.client.create(Pod, pod as never), 403, /pod rejected: RuntimeClass "nonexistent" not found$/);
  });

  test('[sig-node] RuntimeClass should reject a Pod requesting a deleted RuntimeClass [Conformance] [NodeConformance]', async () => {
    const namespace = await bed.namespace();
    await bed.client.create(RuntimeClass, { metadata: { name: 'soon-gone' }, handler: 'runc' });
    const pod = { metadata: { namespace, name: 'a' }, spec: { containers, runtimeClassName: 'soon-gone' } };
    await bed.client.create(Pod, pod as never, { dryRun: ['All'] });
    await bed.client.delete(RuntimeClass, { name: 'soon-gone' });
    await refused(bed.client.create(Pod, pod as never), 403, 'RuntimeClass "soon-gone" not found');
  });

  test('a RuntimeClass brings its overhead and its scheduling to pods', async () => {
    const namespace = await bed.namespace();
    await bed.client.create(RuntimeClass, {
      metadata: { name: 'heavy' },
      handler: 'runc',
      overhead: { podFixed: { cpu: '10m' } },
      scheduling: { nodeSelector: { foo: 'bar' }, tolerations: [{ key: 'foo', operator: 'Equal', value: 'bar', effect: 'NoSchedule' }] },
    });
    const pod = { metadata: { namespace, name: 'a' }, spec: { containers, runtimeClassName: 'heavy' } };
    const { spec } = await bed.client.create(Pod, pod as never);
    assert.deepEqual([spec.overhead, spec.nodeSelector], [{ cpu: '10m' }, { foo: 'bar' }]);
    assert.ok(spec.tolerations?.some(({ key, value }) => key === 'foo' && value === 'bar'));
  });

  test('[sig-node] Secrets should fail to create secret due to empty secret key [Conformance]', async () => {
    const namespace = await bed.namespace();
    await refused(
      bed.client.create(Secret, { metadata: { namespace, name: 'empty-key' }, data: { '': 'dmFsdWUtMQ==' } }),
      422,
      'data[]: Invalid value: ""',
    );
  });

  test('[sig-node] Secrets should patch a secret [Conformance]', async () => {
    const namespace = await bed.namespace();
    const metadata = { namespace, name: 'patched', labels: { testsecret: 'true' } };
    await bed.client.create(Secret, { metadata, type: 'Opaque', data: { key: 'dmFsdWU=' } });
    assert.equal((await bed.client.list(Secret, {}, { labelSelector: 'testsecret=true' })).items.length, 1);
    const patch = { metadata: { labels: { patched: 'true' } }, data: { key: 'dmFsdWUx' } };
    const patched = await bed.client.patch(Secret, { namespace, name: 'patched' }, 'strategic', patch);
    assert.deepEqual([patched.data, patched.metadata.labels], [{ key: 'dmFsdWUx' }, { testsecret: 'true', patched: 'true' }]);
    await bed.client.deleteCollection(Secret, { namespace }, {}, { labelSelector: 'testsecret=true' });
    assert.equal(await bed.client.get(Secret, { namespace, name: 'patched' }).catch(unlessMissing), undefined);
  });

  test('[sig-node] Sysctls [LinuxOnly] should reject invalid sysctls [Conformance] [NodeConformance]', async () => {
    const namespace = await bed.namespace();
    const sysctls = ['foo-', 'kernel.shmmax', 'safe-and-unsafe', 'bar..', 'kernel.shmmax'].map((name) => ({ name, value: '100' }));
    const error = await refused(
      bed.client.create(Pod, { metadata: { namespace, name: 'a' }, spec: { containers, securityContext: { sysctls } } } as never),
      422,
    );
    const fields = error.details?.causes?.map(({ field, reason }) => [field, reason]);
    assert.deepEqual(fields, [
      ['spec.securityContext.sysctls[0].name', 'FieldValueInvalid'],
      ['spec.securityContext.sysctls[3].name', 'FieldValueInvalid'],
      ['spec.securityContext.sysctls[4].name', 'FieldValueDuplicate'],
    ]);
  });
});
