import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Node as NodeType, Pod as PodType } from '../api/generated/core/v1.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { isReady } from '../api/pods/pod-state.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { TrialKubelet } from './trial.ts';

describe('kubelet', () => {
  let plane: VirtualControlPlane;
  let node: TrialKubelet;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
    node = new TrialKubelet(plane.client, plane.env);
    await node.start();
  });
  afterEach(() => plane[Symbol.dispose]());

  test('a node is registered, ready', async () => {
    await plane.until(async () => (await plane.client.list(Node)).items.length === 1);
    await plane.clock.advance(1000);
    const found = await plane.client.get<NodeType>(Node, { name: 'node01' });
    console.log(JSON.stringify(found, null, 1));
  });

  test('a pod runs', async () => {
    await node.run('web', { containers: [{ name: 'main', image: 'nginx' }] });
    await plane.clock.advance(5000);
    console.log(JSON.stringify(await node.pod('web'), null, 1), await node.eventsOf('web'));
  });
});
