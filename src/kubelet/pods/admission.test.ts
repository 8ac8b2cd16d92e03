import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Node, Pod, PodSpec } from '../../api/generated/core/v1.ts';
import { Pod as PodKind } from '../../api/kinds/core/pod.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../cluster/virtual-control-plane.ts';
import { TrialKubelet } from '../trial.ts';
import { admit } from './admission.ts';

const node: Node = {
  metadata: { name: 'node01', labels: { zone: 'a' } },
  spec: { taints: [{ key: 'gone', effect: 'NoExecute' }] },
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '2' } },
};

const pod = (spec: Partial<PodSpec>, cpu = '0'): Pod => ({
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    containers: [{ name: 'main', resources: { requests: { cpu } } }],
    tolerations: [{ operator: 'Exists' }],
    ...spec,
  },
  status: {},
});

describe('admission', () => {
  test('a pod that asks for more than is left is refused', () => {
    assert.equal(admit(pod({}, '500m'), node, [pod({}, '1500m')]), undefined);
    assert.deepEqual(admit(pod({}, '600m'), node, [pod({}, '1500m')]), {
      reason: 'OutOfcpu',
      message: "Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000",
    });
    assert.equal(admit(pod({}), node, [pod({}), pod({})])?.reason, 'OutOfpods');
  });

  test('a pod that does not belong on the node is refused', () => {
    assert.deepEqual(admit(pod({ nodeSelector: { zone: 'b' } }), node, []), {
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    });
    assert.equal(admit(pod({ nodeSelector: { zone: 'a' } }), node, []), undefined);
    assert.equal(admit(pod({ tolerations: [] }), node, [])?.reason, 'TaintToleration');
    assert.equal(admit(pod({ os: { name: 'windows' } }), node, [])?.reason, 'PodOSNotSupported');
  });

  test('a port of the node belongs to one pod', () => {
    const on = (hostIP?: string) =>
      pod({ containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: 80, ...(hostIP !== undefined && { hostIP }) }] }] });
    assert.equal(admit(on(), node, [on('127.0.0.1')])?.reason, 'NodePorts');
    assert.equal(admit(on('127.0.0.2'), node, [on('127.0.0.1')]), undefined);
  });
});

describe('refused pods', () => {
  let plane: VirtualControlPlane;
  let trial: TrialKubelet;
  before(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
    trial = new TrialKubelet(plane.client, plane.env);
    await trial.start();
    await plane.clock.settle();
  });
  after(() => plane[Symbol.dispose]());

  test('fail with the reason, run nothing, and go when they are deleted', async () => {
    await trial.run('large', { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '5' } } }] });
    await plane.clock.advance(1000);
    const { status, metadata } = await trial.pod('large');
    assert.deepEqual([status.phase, status.reason], ['Failed', 'OutOfcpu']);
    const why = "Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000";
    assert.equal(status.message, `Pod was rejected: ${why}`);
    assert.deepEqual(await trial.eventsOf('large'), [`OutOfcpu: ${why}`]);
    assert.deepEqual(await trial.runtime.listPodSandbox({ podUid: metadata.uid! }), []);
    await plane.client.delete(PodKind, { namespace: 'default', name: 'large' });
    await plane.until(() => trial.isGone('large'), 2000);
  });
});
