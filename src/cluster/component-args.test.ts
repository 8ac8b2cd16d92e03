import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Deployment as DeploymentType } from '../api/generated/apps/v1.ts';
import type { Taint } from '../api/generated/core/v1.ts';
import { ReplicaSet } from '../api/kinds/apps/replicaset.ts';
import { Deployment } from '../api/kinds/apps/deployment.ts';
import { Event } from '../api/kinds/core/event.ts';
import { Node } from '../api/kinds/core/node.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { Service } from '../api/kinds/core/service.ts';
import { isReady } from '../api/pods/pod-state.ts';
import { ComponentArgsError, settingsOf } from './component-args.ts';
import { startCluster } from './index.ts';
import { defaultNodes } from './spec.ts';
import { startVirtualControlPlane } from './virtual-control-plane.ts';

const web = (replicas: number): DeploymentType => ({
  metadata: { namespace: 'default', name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
  status: {},
});
const noFile = (path: string): string => {
  throw new Error(`open ${path}: no such file or directory`);
};

describe('flags of the control plane', () => {
  test('a node that is lost loses its pods within seconds when the flags say so', async () => {
    await using cluster = await startCluster({
      clock: 'virtual',
      workers: 2,
      controllerManager: { 'node-monitor-grace-period': '10s', 'node-monitor-period': '1s', 'pod-eviction-timeout': '5s' },
      apiServer: { 'default-unreachable-toleration-seconds': 5 },
    });
    const { client } = cluster;
    await client.create(Deployment, web(2));
    const readyOn = async (node: string) =>
      (await client.list(Pod)).items.filter((pod) => pod.spec.nodeName === node && isReady(pod)).length;
    await cluster.until(async () => (await readyOn('slipway-worker')) === 1 && (await readyOn('slipway-worker2')) === 1);
    const offMs = cluster.now();
    await cluster.powerOff('slipway-worker');
    await cluster.until(async () => (await readyOn('slipway-worker2')) === 2, 60_000);
    const tookMs = cluster.now() - offMs;
    assert.ok(tookMs > 10_000 && tookMs < 25_000, `${tookMs} ms`);
  });

  test('nodes register with the taints that they are given, and with those of their role', async () => {
    const [controlPlane, worker] = defaultNodes('c', 1);
    const db: Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
    using plane = await startVirtualControlPlane({
      nodes: [
        { ...controlPlane!, registerWithTaints: [db] },
        { ...worker!, taints: [db], registerWithTaints: [db] },
      ],
    });
    const taintsOf = async (name: string) =>
      (await plane.client.get(Node, { name })).spec.taints?.filter(({ key }) => !key.startsWith('node.'));
    await plane.until(async () => (await taintsOf('c-control-plane'))?.length === 2);
    assert.deepEqual(await taintsOf('c-control-plane'), [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }, db]);
    assert.deepEqual(await taintsOf('c-worker'), [db]);
  });

  test('controllers can be turned off, and ranges be given out', async () => {
    await using cluster = await startCluster({
      clock: 'virtual',
      controllerManager: { controllers: '*,-replicaset', 'cluster-cidr': '10.20.0.0/16', 'node-cidr-mask-size': 26 },
      apiServer: { 'service-cluster-ip-range': '10.30.0.0/24' },
    });
    const { client } = cluster;
    await client.create(Deployment, web(1));
    await cluster.until(async () => (await client.list(ReplicaSet)).items.length === 1);
    await cluster.advance(5_000);
    assert.equal((await client.list(Pod)).items.length, 0);
    assert.equal((await client.get(Node, { name: 'slipway-control-plane' })).spec.podCIDR, '10.20.0.0/26');
    assert.equal((await client.get(Service, { namespace: 'default', name: 'kubernetes' })).spec.clusterIP, '10.30.0.1');
  });

  test('an admission plugin that is off by default can be turned on', async () => {
    using plane = await startVirtualControlPlane({
      args: { apiServer: { 'enable-admission-plugins': 'NamespaceAutoProvision,NamespaceExists' } },
    });
    const pod = {
      metadata: { name: 'p', namespace: 'blue' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], serviceAccountName: 'default' },
    };
    await plane.until(async () => {
      await plane.client.create(Pod, { ...pod, status: {} }).catch(() => undefined);
      return (await plane.client.list(Pod, { namespace: 'blue' })).items.length === 1;
    });
    using plain = await startVirtualControlPlane();
    await assert.rejects(plain.client.create(Pod, { ...pod, status: {} }), /namespaces "blue" not found/);
  });

  test('events live as long as the server is told', async () => {
    await using cluster = await startCluster({ clock: 'virtual', apiServer: { 'event-ttl': '2m', 'etcd-compaction-interval': '30s' } });
    const { client } = cluster;
    await client.create(Deployment, web(1));
    const events = async () => (await client.list(Event, { namespace: 'default' })).items.length;
    await cluster.until(async () => (await events()) > 3);
    await cluster.advance(5 * 60_000);
    assert.equal(await events(), 0);
  });

  test('a cluster with flags that cannot be obeyed does not start, and says all that is wrong', async () => {
    await assert.rejects(
      startCluster({
        clock: 'virtual',
        controllerManager: { 'node-monitor-period': 'often' },
        apiServer: { 'oidc-issuer-url': 'https://a' },
      }),
      (error) => {
        assert.ok(error instanceof ComponentArgsError);
        assert.match(error.message, /^kube-apiserver: --oidc-issuer-url cannot be obeyed/);
        assert.match(error.message, /\nkube-controller-manager: invalid argument "often" for "--node-monitor-period" flag/);
        return true;
      },
    );
  });

  test('the CA’s own files are those that are used in any case; others are read', () => {
    const own = { 'cluster-signing-cert-file': '/etc/kubernetes/pki/ca.crt', 'cluster-signing-key-file': '/etc/kubernetes/pki/ca.key' };
    assert.deepEqual(settingsOf({ controllerManager: own }, noFile).flags, {});
    const other = { 'cluster-signing-cert-file': '/a.crt', 'cluster-signing-key-file': '/a.key', 'root-ca-file': '/b.crt' };
    assert.deepEqual(settingsOf({ controllerManager: other }, (path) => `text of ${path}`).flags, {
      clusterSigning: { certificatePem: 'text of /a.crt', privateKeyPem: 'text of /a.key' },
      rootCaPem: 'text of /b.crt',
    });
    assert.throws(() => settingsOf({ controllerManager: other }, noFile), /--root-ca-file: open \/b.crt: no such file or directory/);
    assert.throws(
      () => settingsOf({ controllerManager: { 'cluster-signing-cert-file': '/a.crt' } }, noFile),
      /cannot specify cert without key/,
    );
  });

  test('what tokens, plugins and limits are set is handed to the server', () => {
    const { server, warnings } = settingsOf(
      {
        apiServer: {
          'token-auth-file': '/tokens.csv',
          'disable-admission-plugins': 'LimitRanger',
          'max-requests-inflight': 10,
          'anonymous-auth': false,
          'tracing-config-file': 'x',
        },
      },
      () => 'secret,jane,1,"ops,dev"\n',
    );
    assert.deepEqual(server.identity?.tokens?.get('secret'), { name: 'jane', uid: '1', groups: ['ops', 'dev'] });
    assert.deepEqual(server.identity?.anonymous, new Set());
    assert.deepEqual(server.admission, { disable: ['LimitRanger'] });
    assert.deepEqual(server.limits, { maxReadOnlyInFlight: 10 });
    assert.equal(warnings.length, 1);
  });

  test('the scheduler’s configuration is obeyed', async () => {
    const config = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles: [{schedulerName: mine}]\n';
    assert.deepEqual(settingsOf({ scheduler: { config: '/s.yaml' } }, () => config).scheduler, { profiles: [{ schedulerName: 'mine' }] });
  });
});
