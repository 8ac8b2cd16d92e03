import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { text } from '../codec/bytes.ts';
import type { Deployment as DeploymentType } from '../api/generated/apps/v1.ts';
import { Deployment } from '../api/kinds/apps/deployment.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { isReady } from '../api/pods/pod-state.ts';
import { isTrue } from '../api/kinds/conditions.ts';
import type { Client } from '../client/client.ts';
import { kindOf, startCluster } from './index.ts';
import { defaultNodes } from './spec.ts';
import { startVirtualControlPlane } from './virtual-control-plane.ts';

const web = (replicas: number): Pick<DeploymentType, 'metadata' | 'spec'> => ({
  metadata: { namespace: 'default', name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
});

const deploy = (client: Client, replicas: number) => client.create<DeploymentType>(Deployment, { ...web(replicas), status: {} });

describe('a cluster on the virtual clock', () => {
  test('its deployment becomes pods that are ready, and time passes only when it is told to', async () => {
    await using cluster = await startCluster({ clock: 'virtual', workers: 2, simNodes: 2 });
    const startMs = cluster.now();
    await deploy(cluster.client, 3);
    await cluster.settle();
    assert.equal(cluster.now(), startMs);
    await cluster.until(async () => (await cluster.client.list(Pod)).items.filter(isReady).length === 3);
    assert.ok(cluster.now() > startMs);
    const { items } = await cluster.client.list(Node);
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ['slipway-control-plane', 'slipway-sim-1', 'slipway-sim-2', 'slipway-worker', 'slipway-worker2'],
    );
  });

  test('a node without power is unknown, loses its pods in time, and comes back', async () => {
    await using cluster = await startCluster({ clock: 'virtual', workers: 2 });
    const { client } = cluster;
    await deploy(client, 2);
    const onNode = async (node: string) =>
      (await client.list(Pod)).items.filter((pod) => pod.spec.nodeName === node && isReady(pod)).length;
    const readyOf = async (name: string) =>
      (await client.get(Node, { name })).status.conditions?.find(({ type }) => type === 'Ready')?.status;
    await cluster.until(async () => (await onNode('slipway-worker')) === 1 && (await onNode('slipway-worker2')) === 1);
    await cluster.powerOff('slipway-worker');
    await cluster.until(async () => (await readyOf('slipway-worker')) === 'Unknown', 60_000);
    await cluster.until(async () => (await onNode('slipway-worker2')) === 2, 360_000);
    await cluster.powerOn('slipway-worker');
    await cluster.until(async () => isTrue((await client.get(Node, { name: 'slipway-worker' })).status.conditions, 'Ready'), 60_000);
    await cluster.until(async () => (await client.list(Pod)).items.length === 2, 60_000);
    await assert.rejects(cluster.powerOff('nobody'), /there is no simulated node "nobody"/);
  });

  test('the same seed gives the same history, another seed another', async () => {
    const history = async (seed: number): Promise<string> => {
      using plane = await startVirtualControlPlane({ seed, nodes: defaultNodes('v', 2) });
      const lines: string[] = [];
      const everything = { start: '', end: '\0' };
      plane.store.watch(
        everything,
        { from: 1 },
        {
          events(events) {
            for (const { entry } of events) lines.push(`${entry.key}@${entry.modRevision} ${text(entry.value)}`);
          },
          end: () => undefined,
        },
      );
      await deploy(plane.client, 3);
      await plane.clock.advance(60_000);
      return lines.join('\n');
    };
    const first = await history(5);
    assert.ok(first.length > 10_000);
    assert.equal(await history(5), first);
    assert.notEqual(await history(6), first);
  });
});

test('kindOf() finds Kubernetes’ own kinds, and refuses others in kubectl’s words', () => {
  assert.equal(kindOf('apps/v1', 'Deployment'), Deployment);
  assert.throws(() => kindOf('apps/v1', 'Widget'), { message: 'no matches for kind "Widget" in version "apps/v1"' });
});
