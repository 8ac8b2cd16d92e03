import { test } from 'node:test';
import { ConfigMap } from '../../src/api/kinds/core/configmap.ts';
import { ReplicationController } from '../../src/api/kinds/core/replicationcontroller.ts';
import { Secret } from '../../src/api/kinds/core/secret.ts';
import { conformance, until } from './bed.ts';
import { createPod, pause, podIsGone, podRuns, podsNow, templateOf } from './pods-of.ts';

conformance(
  'wrapper volumes',
  (bed) => {
    test('[sig-storage] EmptyDir wrapper volumes should not conflict [Conformance]', async () => {
      const namespace = await bed.namespace();
      await bed.client.create(Secret, { metadata: { namespace, name: 'wrapped' }, data: { 'data-1': 'dmFsdWUtMQ==' } });
      await bed.client.create(ConfigMap, { metadata: { namespace, name: 'wrapped' }, data: { 'data-1': 'value-1' } });
      const volumes = [
        { name: 'secret-volume', secret: { secretName: 'wrapped' } },
        { name: 'configmap-volume', configMap: { name: 'wrapped' } },
      ];
      const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/etc/${name}`, readOnly: true }));
      await createPod(bed, namespace, 'pod', { volumes, containers: [{ ...pause, volumeMounts }] });
      await podRuns(bed, namespace, 'pod');
      await bed.client.delete(Secret, { namespace, name: 'wrapped' });
      await bed.client.deleteCollection(ConfigMap, { namespace });
    });

    test('[sig-storage] EmptyDir wrapper volumes should not cause race condition when used for configmaps [Conformance] [Serial]', async () => {
      const namespace = await bed.namespace();
      const names = Array.from({ length: 50 }, (_, n) => `racey-configmap-${n}`);
      await Promise.all(
        names.map((name) => bed.client.create(ConfigMap, { metadata: { namespace, name }, data: { 'data-1': 'value-1' } })),
      );
      const volumes = names.map((name) => ({ name, configMap: { name, items: [{ key: 'data-1', path: 'data-1' }] } }));
      const volumeMounts = names.map((name) => ({ name, mountPath: `/etc/config/${name}` }));
      for (const round of [0, 1, 2]) {
        const labels = { name: `round-${round}` };
        const template = templateOf(labels, { volumes, containers: [{ ...pause, volumeMounts }] });
        const at = { namespace, name: labels.name };
        await bed.client.create(ReplicationController, { metadata: at, spec: { replicas: 5, selector: labels, template } } as never);
        const pods = await until(async () => {
          const all = await podsNow(bed, namespace, `name=${at.name}`);
          return all.length === 5 && all.every(({ status }) => status?.phase === 'Running') && all;
        });
        await bed.client.delete(ReplicationController, at, { propagationPolicy: 'Background' });
        for (const { metadata } of pods) await podIsGone(bed, namespace, metadata.name!);
      }
    });
  },
  { workers: 2, speed: 10, concurrency: true },
);
