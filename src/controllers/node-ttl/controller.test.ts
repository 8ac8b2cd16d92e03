import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Node } from '../../api/kinds/core/node.ts';
import { startVirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { nextStep } from './controller.ts';

test('the step follows the number of nodes, and stays where bounds overlap', () => {
  assert.deepEqual([nextStep(0, 100), nextStep(0, 101), nextStep(1, 95), nextStep(1, 89)], [0, 1, 1, 0]);
  assert.deepEqual([nextStep(0, 5000), nextStep(4, 1800), nextStep(4, 1)], [4, 4, 0]);
});

test('a node is told for how long its kubelet may keep things', async () => {
  using plane = await startVirtualControlPlane();
  await plane.client.create(Node, { metadata: { name: 'n1' }, spec: {}, status: {} });
  await plane.clock.advance(200);
  assert.equal((await plane.client.get(Node, { name: 'n1' })).metadata.annotations?.['node.alpha.kubernetes.io/ttl'], '0');
});
