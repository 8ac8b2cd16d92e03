import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod as PodType } from '../../../api/generated/core/v1.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { RuntimeClass } from '../../../api/kinds/node/runtimeclass.ts';
import { admit, readerOf } from '../trial.ts';
import { runtimeClassAdmission } from './plugin.ts';

const toleration = { key: 'gvisor', operator: 'Exists' };
const plugin = runtimeClassAdmission(
  readerOf([
    RuntimeClass,
    {
      metadata: { name: 'gvisor' },
      handler: 'runsc',
      overhead: { podFixed: { memory: '100Mi' } },
      scheduling: { nodeSelector: { runtime: 'gvisor' }, tolerations: [toleration] },
    },
  ]),
);
const create = (spec: object) =>
  admit<PodType>(plugin, { kind: Pod, object: { metadata: { name: 'web' }, spec: { containers: [], ...spec } } });

describe('RuntimeClass', () => {
  test('adds overhead and where the runtime is', async () => {
    const { spec } = await create({ runtimeClassName: 'gvisor', nodeSelector: { disk: 'ssd' }, tolerations: [toleration] });
    assert.deepEqual(spec.overhead, { memory: '100Mi' });
    assert.deepEqual(spec.nodeSelector, { disk: 'ssd', runtime: 'gvisor' });
    assert.deepEqual(spec.tolerations, [toleration]);
  });

  test('refuses classes that are not there, other overhead and other nodes', async () => {
    await assert.rejects(create({ runtimeClassName: 'x' }), {
      message: 'pods "web" is forbidden: pod rejected: RuntimeClass "x" not found',
    });
    await assert.rejects(
      create({ runtimeClassName: 'gvisor', overhead: { memory: '1Mi' } }),
      /Pod's Overhead doesn't match RuntimeClass's defined Overhead$/,
    );
    await assert.rejects(create({ overhead: { memory: '1Mi' } }), /Pod Overhead set without corresponding RuntimeClass defined Overhead$/);
    await assert.rejects(
      create({ runtimeClassName: 'gvisor', nodeSelector: { runtime: 'kata' } }),
      /conflict: runtimeClass\.scheduling\.nodeSelector\[runtime\] = gvisor; pod\.spec\.nodeSelector\[runtime\] = kata$/,
    );
  });
});
