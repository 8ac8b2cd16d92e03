import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { seededRng } from '../../base/rng.ts';
import { seededCrypto } from '../../base/seeded-crypto.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Node as NodeType, Pod as PodType } from '../../api/generated/core/v1.ts';
import { ApiError } from '../../api/errors.ts';
import { allKinds } from '../../api/kinds/all.ts';
import { APIService } from '../../api/kinds/apiregistration/apiservice.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { NodeMetrics } from '../../api/kinds/metrics/nodemetrics.ts';
import { PodMetrics } from '../../api/kinds/metrics/podmetrics.ts';
import { ServiceAccount } from '../../api/kinds/core/serviceaccount.ts';
import { ClusterRoleBinding } from '../../api/kinds/rbac/clusterrolebinding.ts';
import { startApiServer, type RunningApiServer } from '../../apiserver/server.ts';
import type { Client } from '../../client/client.ts';
import { typedClient } from '../../client/typed-client.ts';
import type { PodStats, StatsSummary } from '../../kubelet/ports.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import { metricsApi } from './api.ts';
import { installMetrics, metricsServerAccount } from './install.ts';
import { nodeMetrics, podMetrics } from './usage.ts';

const now = '2026-01-01T00:01:00Z';
const nowMs = Date.parse(now);
const at = (secondsAgo: number) => `${new Date(nowMs - secondsAgo * 1000).toISOString().slice(0, 19)}Z`;
const measured = (ageSeconds: number, milliCores: number, mebibytes: number) => ({
  startTime: at(ageSeconds),
  cpu: { time: now, usageNanoCores: milliCores * 1e6, usageCoreNanoSeconds: 0 },
  memory: { time: now, workingSetBytes: mebibytes * 1024 * 1024 },
});
const podStats = (
  name: string,
  uid: string,
  ...containers: readonly (readonly [name: string, ageSeconds: number, milliCores: number])[]
): PodStats => ({
  podRef: { name, namespace: 'shop', uid },
  ...measured(100, 0, 0),
  containers: containers.map(([name, ageSeconds, milliCores]) => ({ name, ...measured(ageSeconds, milliCores, 64) })),
});
const summary = (nodeName: string, pods: readonly PodStats[] = []): StatsSummary => ({
  node: { nodeName, ...measured(1000, 250, 900) },
  pods,
});
const running = {
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  status: { phase: 'Running' },
} as unknown as PodType;

describe('what a pod uses', () => {
  test('is told of each container, in the window', () => {
    assert.deepEqual(podMetrics(running, podStats('web', 'u', ['a', 40, 1500], ['b', 12, 3]), nowMs), {
      kind: 'PodMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: { name: 'web', namespace: 'shop', creationTimestamp: now, labels: { app: 'web' } },
      timestamp: now,
      window: '15s',
      containers: [
        { name: 'a', usage: { cpu: '1500m', memory: '64Mi' } },
        { name: 'b', usage: { cpu: '3m', memory: '64Mi' } },
      ],
    });
  });

  test('is not known before ten seconds, and for so long as it has run until the window is full', () => {
    assert.equal(podMetrics(running, podStats('web', 'u', ['a', 40, 1], ['b', 9, 1]), nowMs), undefined);
    assert.equal(podMetrics(running, podStats('web', 'u', ['a', 12, 1]), nowMs)?.window, '12s');
  });

  test('is not told of a pod that does not run', () => {
    const pending = { ...running, status: { phase: 'Pending' } } as PodType;
    assert.equal(podMetrics(pending, podStats('web', 'u', ['a', 40, 1]), nowMs), undefined);
    assert.equal(podMetrics(running, podStats('web', 'u'), nowMs), undefined);
  });

  test('a node that has just started tells nothing either', () => {
    const node = { metadata: { name: 'n' } } as NodeType;
    assert.equal(nodeMetrics(node, { node: { nodeName: 'n', ...measured(5, 1, 1) }, pods: [] }, nowMs), undefined);
    assert.deepEqual(nodeMetrics(node, summary('n'), nowMs)?.usage, { cpu: '250m', memory: '900Mi' });
  });
});

describe('metrics.k8s.io', () => {
  const asked: string[] = [];
  const summaries = new Map<string, StatsSummary>();
  let server: RunningApiServer;
  let client: Client;
  const clientAs = (name: string, groups: readonly string[]) =>
    typedClient({ api: server.call, credentials: { by: 'identity', user: { name, groups } } });

  before(async () => {
    const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)), startMs: nowMs });
    const rng = seededRng(1);
    const env = { clock, rng, crypto: seededCrypto(rng), log: silentLog, signal: new AbortController().signal };
    const account = `system:serviceaccount:${metricsServerAccount.namespace}:${metricsServerAccount.name}`;
    const metrics = metricsApi({
      clock,
      client: () => clientAs(account, ['system:serviceaccounts', 'system:authenticated']),
      async statsOf(nodeName) {
        asked.push(nodeName);
        if (nodeName === 'lost') throw new Error('no route to host');
        return summaries.get(nodeName);
      },
    });
    server = await startApiServer({
      env,
      store: new MemoryStore({ env }),
      kinds: allKinds,
      aggregated: [metrics],
      serviceAccountKeys: env.crypto.generateKeyPair('ecdsa-p256'),
      externalAddress: () => '127.0.0.1:6443',
      serviceSubnet: '10.96.0.0/16',
      limits: { compactionIntervalMs: 0 },
      freeze: true,
    });
    client = clientAs('admin', ['system:masters']);
    await installMetrics(client);
    await client.create(Namespace, { metadata: { name: 'shop' } } as never);
    await client.create(ServiceAccount, { metadata: { namespace: 'shop', name: 'default' } });
    for (const name of ['one', 'two', 'lost'])
      await client.create(Node, { metadata: { name, labels: { zone: name === 'one' ? 'a' : 'b' } } } as unknown as NodeType);
    summaries.set('one', summary('one', [await pod('web-1', 'one', 'web', 100), await pod('db', 'one', 'db', 300)]));
    summaries.set('two', summary('two', [await pod('web-2', 'two', 'web', 200)]));
    await pod('lonely', 'lost', 'web', 1);
  });
  after(() => server[Symbol.dispose]());

  /** A running pod, and what its kubelet measures. */
  async function pod(name: string, nodeName: string, app: string, milliCores: number): Promise<PodStats> {
    const wanted = {
      metadata: { namespace: 'shop', name, labels: { app } },
      spec: { nodeName, containers: [{ name: 'main', image: 'nginx' }] },
    };
    const made = await client.create(Pod, wanted as unknown as PodType);
    await client.updateStatus(Pod, { ...made, status: { ...made.status, phase: 'Running' } });
    return podStats(name, made.metadata.uid ?? '', ['main', 60, milliCores]);
  }

  const names = ({ items }: { readonly items: readonly { readonly metadata: { readonly name?: string } }[] }) =>
    items.map(({ metadata }) => metadata.name);

  test('lists nodes by their labels, but for those that cannot be asked', async () => {
    assert.deepEqual(names(await client.list(NodeMetrics)), ['one', 'two']);
    assert.deepEqual(names(await client.list(NodeMetrics, {}, { labelSelector: 'zone=b' })), ['two']);
    assert.deepEqual(names(await client.list(NodeMetrics, {}, { fieldSelector: 'metadata.name=one' })), ['one']);
  });

  test('lists pods by namespace, labels and names, and asks their nodes alone', async () => {
    assert.deepEqual(names(await client.list(PodMetrics)), ['db', 'web-1', 'web-2']);
    assert.deepEqual(names(await client.list(PodMetrics, { namespace: 'default' })), []);
    asked.length = 0;
    assert.deepEqual(names(await client.list(PodMetrics, { namespace: 'shop' }, { labelSelector: 'app=db' })), ['db']);
    assert.deepEqual(asked, ['one']);
    assert.deepEqual(names(await client.list(PodMetrics, { namespace: 'shop' }, { fieldSelector: 'metadata.name!=db' })), [
      'web-1',
      'web-2',
    ]);
    await assert.rejects(
      client.list(PodMetrics, {}, { fieldSelector: 'spec.nodeName=one' }),
      (error) => error instanceof ApiError && error.code === 400,
    );
  });

  test('answers for one of them, and not for what is not measured', async () => {
    assert.deepEqual((await client.get(PodMetrics, { namespace: 'shop', name: 'web-2' })).containers, [
      { name: 'main', usage: { cpu: '200m', memory: '64Mi' } },
    ]);
    const fails = (message: string) => (error: unknown) => error instanceof ApiError && error.code === 404 && error.message === message;
    await assert.rejects(client.get(PodMetrics, { namespace: 'shop', name: 'none' }), fails('pods "none" not found'));
    await assert.rejects(
      client.get(PodMetrics, { namespace: 'shop', name: 'lonely' }),
      fails('pods.metrics.k8s.io "shop/lonely" not found'),
    );
    await assert.rejects(client.get(NodeMetrics, { name: 'lost' }), fails('nodes.metrics.k8s.io "lost" not found'));
  });

  test('tables show what is used altogether', async () => {
    const { columns } = PodMetrics;
    const object = await client.get(PodMetrics, { namespace: 'shop', name: 'db' });
    const twice = { ...object, containers: [...object.containers, ...object.containers] };
    assert.deepEqual(
      columns.map((column) => [column.name, column.cell(twice, nowMs)]),
      [
        ['Name', 'db'],
        ['cpu', '600m'],
        ['memory', '128Mi'],
        ['Window', '15s'],
      ],
    );
  });

  test('whoever may view may see them', async () => {
    const viewer = clientAs('ada', ['system:authenticated']);
    await assert.rejects(viewer.list(PodMetrics, { namespace: 'shop' }), (error) => error instanceof ApiError && error.code === 403);
    await client.create(ClusterRoleBinding, {
      metadata: { name: 'ada' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:aggregated-metrics-reader' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ada' }],
    });
    assert.equal((await viewer.list(PodMetrics, { namespace: 'shop' })).items.length, 3);
  });

  test('is there as an APIService that is available, however often it is installed', async () => {
    await installMetrics(client);
    const service = await client.get(APIService, { name: 'v1beta1.metrics.k8s.io' });
    assert.deepEqual(
      service.status?.conditions?.map(({ type, status }) => [type, status]),
      [['Available', 'True']],
    );
  });
});
