import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap as ConfigMapType, Pod as PodType } from '../api/generated/core/v1.ts';
import { ConfigMap } from '../api/kinds/core/configmap.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { isReady } from '../api/pods/pod-state.ts';
import { typedClient } from '../client/typed-client.ts';
import { startVirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { TrialKubelet } from './trial.ts';

test('a kubelet has all the rights that it needs as the node that it is', async () => {
  using plane = await startVirtualControlPlane({ controllers: ['root-ca-certificate-publisher-controller', 'serviceaccount-controller'] });
  const refusals: string[] = [];
  const api: typeof plane.api.call = async (call) => {
    try {
      return await plane.api.call(call);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 403) refusals.push(error.message);
      throw error;
    }
  };
  const user = { name: 'system:node:node01', groups: ['system:nodes', 'system:authenticated'] };
  const client = typedClient({ api, credentials: { by: 'identity', user }, userAgent: 'kubelet/v1.36.0' });
  const node = new TrialKubelet(client, plane.env, { podCidr: '' });
  await node.component.start(plane.env);
  await plane.clock.advance(1000);
  await plane.client.patch(Node, { name: 'node01' }, 'merge', { spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } });
  const config: ConfigMapType = { metadata: { name: 'config', namespace: 'default' }, data: { WORD: 'x' } };
  await plane.client.create(ConfigMap, config);
  const container = { name: 'main', image: 'nginx', envFrom: [{ configMapRef: { name: 'config' } }] };
  const pod: PodType = {
    metadata: { name: 'web', namespace: 'default' },
    spec: { nodeName: 'node01', containers: [container] },
    status: {},
  };
  await plane.client.create(Pod, pod);
  const found = () => plane.client.get<PodType>(Pod, { namespace: 'default', name: 'web' });
  await plane.until(async () => isReady(await found()));
  await plane.client.delete(Pod, { namespace: 'default', name: 'web' });
  await plane.until(async () => (await plane.client.list(Pod)).items.length === 0);
  assert.deepEqual(refusals, []);
});
