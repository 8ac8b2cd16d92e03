import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError } from '../../../api/errors.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { admit, readerOf } from '../trial.ts';
import { podResizeValidator } from './plugin.ts';

const allocatable = { cpu: '8', memory: '16Gi' };
const plugin = podResizeValidator(
  readerOf(
    [Node, { metadata: { name: 'n' }, status: { allocatable } }],
    [Node, { metadata: { name: 'w', labels: { 'kubernetes.io/os': 'windows' } }, status: { allocatable } }],
  ),
);
const pod = (requests: object, nodeName?: string) => ({
  metadata: { name: 'p' },
  spec: { ...(nodeName && { nodeName }), containers: [{ name: 'c', resources: { requests } }] },
});
const resize = (requests: object, nodeName?: string, subresource = 'resize') =>
  admit(plugin, { kind: Pod, object: pod(requests, nodeName), old: pod({ cpu: '1' }, nodeName), subresource });
const refusal = async (requests: object, nodeName: string) => {
  const error = await resize(requests, nodeName).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApiError);
  return [error.message, error.details?.causes];
};

describe('PodResizeValidator', () => {
  test('a pod gets no more than its node could ever give', async () => {
    await resize({ cpu: '8', memory: '16Gi' }, 'n');
    assert.deepEqual(await refusal({ cpu: '100', memory: '17Gi' }, 'n'), [
      `pods "p" is forbidden: node didn't have enough allocatable resources: cpu, requested: 100000, allocatable: 8000; memory, requested: 18253611008, allocatable: 17179869184`,
      [{ reason: 'NodeCapacity' }],
    ]);
  });

  test('a pod without a node, one that stays as it is, and other writes are let through', async () => {
    await resize({ cpu: '100' });
    await resize({ cpu: '1' }, 'nowhere');
    await resize({ cpu: '100' }, 'n', 'status');
  });

  test('nodes that are not there or not of Linux resize nothing', async () => {
    assert.deepEqual(await refusal({ cpu: '2' }, 'nowhere'), ['pods "p" is forbidden: node "nowhere" not found', undefined]);
    assert.deepEqual(await refusal({ cpu: '2' }, 'w'), [
      'pods "p" is forbidden: pod resize is only supported on linux nodes, node "w" is "windows"',
      [{ reason: 'UnsupportedPlatform' }],
    ]);
  });
});
