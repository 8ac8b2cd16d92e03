import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LimitRangeItem, Pod as PodType } from '../../../api/generated/core/v1.ts';
import { LimitRange } from '../../../api/kinds/core/limitrange.ts';
import { PersistentVolumeClaim } from '../../../api/kinds/core/persistentvolumeclaim.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { admit, readerOf } from '../trial.ts';
import { limitRanger } from './plugin.ts';

const rangeOf = (item: Partial<LimitRangeItem>) =>
  limitRanger(readerOf([LimitRange, { metadata: { name: 'r', namespace: 'ns' }, spec: { limits: [item] } }]));
const create = (item: Partial<LimitRangeItem>, resources: object = {}) =>
  admit<PodType>(rangeOf(item), {
    kind: Pod,
    object: { metadata: { name: 'web', namespace: 'ns' }, spec: { containers: [{ name: 'app', resources }] } },
  });
const refusal = (why: string) => ({ code: 403, message: `pods "web" is forbidden: ${why}` });

describe('LimitRanger', () => {
  test('fills in what is not said, and says so in an annotation', async () => {
    const item: Partial<LimitRangeItem> = { type: 'Container', default: { cpu: '1', memory: '1Gi' }, defaultRequest: { cpu: '100m' } };
    const { metadata, spec } = await create(item, { limits: { memory: '2Gi' } });
    assert.deepEqual(spec.containers[0]!.resources, { limits: { memory: '2Gi', cpu: '1' }, requests: { cpu: '100m' } });
    const text = 'LimitRanger plugin set: cpu request for container app; cpu limit for container app';
    assert.equal(metadata.annotations!['kubernetes.io/limit-ranger'], text);
  });

  test('holds containers to a minimum and a maximum', async () => {
    const min: Partial<LimitRangeItem> = { type: 'Container', min: { cpu: '100m' } };
    await assert.rejects(create(min), refusal('minimum cpu usage per Container is 100m.  No request is specified'));
    await assert.rejects(create(min, { requests: { cpu: '50m' } }), refusal('minimum cpu usage per Container is 100m, but request is 50m'));
    const max: Partial<LimitRangeItem> = { type: 'Container', max: { memory: '1Gi' } };
    await assert.rejects(create(max), refusal('maximum memory usage per Container is 1Gi.  No limit is specified'));
    await assert.rejects(
      create(max, { limits: { memory: '2Gi' } }),
      refusal('maximum memory usage per Container is 1Gi, but limit is 2Gi'),
    );
    await create(max, { limits: { memory: '1Gi' } });
  });

  test('tells all problems of one range together', async () => {
    const item: Partial<LimitRangeItem> = { type: 'Container', min: { cpu: '1', memory: '1Gi' } };
    await assert.rejects(
      create(item),
      refusal(
        '[minimum cpu usage per Container is 1.  No request is specified, minimum memory usage per Container is 1Gi.  No request is specified]',
      ),
    );
  });

  test('holds limits to a ratio of requests', async () => {
    const item: Partial<LimitRangeItem> = { type: 'Container', maxLimitRequestRatio: { cpu: '2' } };
    const resources = { requests: { cpu: '100m' }, limits: { cpu: '300m' } };
    await assert.rejects(
      create(item, resources),
      refusal('cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000'),
    );
  });

  test('adds up the containers of a pod', async () => {
    const item: Partial<LimitRangeItem> = { type: 'Pod', max: { cpu: '1' } };
    await assert.rejects(create(item, { limits: { cpu: '1500m' } }), refusal('maximum cpu usage per Pod is 1, but limit is 1500m'));
  });

  test('holds claims to their size', async () => {
    const claim = { metadata: { name: 'c', namespace: 'ns' }, spec: { resources: { requests: { storage: '5Gi' } } } };
    await assert.rejects(
      admit(rangeOf({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }), { kind: PersistentVolumeClaim, object: claim }),
      /maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 5Gi$/,
    );
  });
});
