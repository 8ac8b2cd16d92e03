import assert from 'node:assert/strict';
import type { Scale } from '../../src/api/generated/autoscaling/v1.ts';
import { isConflict } from '../../src/api/errors.ts';
import type { Kind } from '../../src/api/kind.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { refOf } from '../../src/client/typed-client.ts';
import { refused, until, type Bed } from './bed.ts';

type Scaled = KubeObject & { readonly spec: { readonly replicas: number } };

/** What "a working scale subresource" means for any kind that has one: read, put and patched, and the object follows. */
export async function exerciseScale(bed: Bed, kind: Kind, at: { readonly namespace: string; readonly name: string }, selector: string) {
  const place = { ...refOf(kind, at), subresource: 'scale' };
  const patchScale = async (patch: unknown) =>
    (await bed.client.patch(kind, at, 'merge', patch, { subresource: 'scale' })) as unknown as Scale;
  const object = async () => (await bed.client.get(kind, at)) as unknown as Scaled;

  const scale = await bed.client.getSub<Scale>(place);
  assert.deepEqual(
    [scale.apiVersion, scale.kind, scale.spec?.replicas, scale.status],
    ['autoscaling/v1', 'Scale', 1, { replicas: 1, selector }],
  );
  const updated = await putScale(bed, place, 2);
  assert.equal(updated.spec?.replicas, 2);
  const afterUpdate = await object();
  assert.equal(afterUpdate.spec.replicas, 2);
  assert.equal((await patchScale({ spec: { replicas: 4 } })).spec?.replicas, 4);
  const afterPatch = await object();
  assert.deepEqual([afterPatch.spec.replicas, afterPatch.metadata.generation], [4, afterUpdate.metadata.generation! + 1]);
  await until(async () => (await bed.client.getSub<Scale>(place)).status?.replicas === 4);

  await refused(bed.client.updateSub(place, { ...scale, spec: { replicas: 3 } } as never), 409, 'the object has been modified');
  const negative = patchScale({ spec: { replicas: -1 } });
  await refused(negative, 422, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0');
}

async function putScale({ client }: Bed, place: ReturnType<typeof refOf>, replicas: number): Promise<Scale> {
  for (let tries = 1; ; tries++) {
    const scale = await client.getSub<Scale>(place);
    try {
      return await client.updateSub<Scale>(place, { ...scale, spec: { replicas } } as Scale);
    } catch (error) {
      if (!isConflict(error) || tries === 20) throw error;
    }
  }
}
