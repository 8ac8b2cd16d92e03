/** @kubernetes/client-node, over HTTPS: what a program does that was written for any other Kubernetes. */
import assert from 'node:assert/strict';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  Metrics,
  PatchStrategy,
  setHeaderOptions,
  VersionApi,
  Watch,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';
import { testCluster, type TestCluster } from './cluster.ts';

let under: TestCluster;
let config: KubeConfig;
let core: CoreV1Api;
let namespaces = 0;

describe('client node', () => {
  before(async () => {
    under = await testCluster({ workers: 1 });
    config = new KubeConfig();
    config.loadFromString(under.cluster.kubeconfig);
    core = config.makeApiClient(CoreV1Api);
  });
  after(() => under[Symbol.asyncDispose]());

  async function newNamespace(): Promise<string> {
    const name = `n${++namespaces}`;
    await core.createNamespace({ body: { metadata: { name } } });
    return name;
  }

  const configMap = (name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}): V1ConfigMap => ({
    metadata: { name, labels },
    data,
  });

  const deployment = (namespace?: string): V1Deployment => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } },
    },
  });

  /** The code and reason of a call that fails. */
  async function failure(call: Promise<unknown>): Promise<{ readonly code: number; readonly reason: string; readonly message: string }> {
    const error: unknown = await call.then(
      () => assert.fail('it did not fail'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ApiException, String(error));
    const { reason, message } = JSON.parse(String(error.body)) as { reason: string; message: string };
    return { code: error.code, reason, message };
  }

  async function until(what: () => boolean): Promise<void> {
    for (let left = 250; !what(); left--) {
      assert.ok(left > 0, 'it did not come about');
      await setTimeout(20);
    }
  }

  describe('client-node: calls', () => {
    test('version, create, read, list in pages, replace, delete', async () => {
      assert.equal((await config.makeApiClient(VersionApi).getCode()).gitVersion, 'v1.36.0');
      const namespace = await newNamespace();
      for (const name of ['a', 'b', 'c'])
        await core.createNamespacedConfigMap({ namespace, body: configMap(name, { name }, { mine: 'yes' }) });
      const selected = { namespace, labelSelector: 'mine=yes', limit: 2 };
      const first = await core.listNamespacedConfigMap(selected);
      assert.deepEqual(
        first.items.map(({ metadata }) => metadata!.name),
        ['a', 'b'],
      );
      await core.createNamespacedConfigMap({ namespace, body: configMap('late', {}, { mine: 'yes' }) });
      const second = await core.listNamespacedConfigMap({ ...selected, _continue: first.metadata!._continue });
      // The second page shows the moment of the first.
      assert.deepEqual(
        second.items.map(({ metadata }) => metadata!.name),
        ['c'],
      );
      assert.equal(second.metadata!._continue, undefined);

      const read = await core.readNamespacedConfigMap({ namespace, name: 'a' });
      assert.ok(read.metadata!.creationTimestamp instanceof Date);
      const replaced = await core.replaceNamespacedConfigMap({
        namespace,
        name: 'a',
        body: { metadata: read.metadata, data: { name: 'changed' } },
      });
      assert.deepEqual(replaced.data, { name: 'changed' });
      const stale = await failure(core.replaceNamespacedConfigMap({ namespace, name: 'a', body: read }));
      assert.deepEqual([stale.code, stale.reason], [409, 'Conflict']);
      assert.equal((await core.deleteNamespacedConfigMap({ namespace, name: 'a' })).status, 'Success');
      const gone = await failure(core.readNamespacedConfigMap({ namespace, name: 'a' }));
      assert.deepEqual(gone, { code: 404, reason: 'NotFound', message: 'configmaps "a" not found' });
      await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'mine=yes' });
      assert.equal((await core.listNamespacedConfigMap(selected)).items.length, 0);
    });

    test('patches of each type, and server-side apply', async () => {
      const namespace = await newNamespace();
      const apps = config.makeApiClient(AppsV1Api);
      await apps.createNamespacedDeployment({ namespace, body: deployment() });
      const patch = (type: PatchStrategy, body: unknown, more: object = {}) =>
        apps.patchNamespacedDeployment({ namespace, name: 'web', body, ...more }, setHeaderOptions('Content-Type', type));
      assert.equal((await patch(PatchStrategy.JsonPatch, [{ op: 'replace', path: '/spec/replicas', value: 2 }])).spec!.replicas, 2);
      assert.equal((await patch(PatchStrategy.MergePatch, { spec: { replicas: 3 } })).spec!.replicas, 3);
      const side = { spec: { template: { spec: { containers: [{ name: 'side', image: 'busybox' }] } } } };
      assert.deepEqual(
        (await patch(PatchStrategy.StrategicMergePatch, side)).spec!.template.spec!.containers.map(({ name }) => name),
        ['side', 'main'],
      );
      const applied = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 4 } };
      const conflict = await failure(patch(PatchStrategy.ServerSideApply, applied, { fieldManager: 'me' }));
      assert.equal(conflict.code, 409);
      assert.match(conflict.message, /^Apply failed with 1 conflict: conflict with "[^"]*" using apps\/v1/);
      const forced = await patch(PatchStrategy.ServerSideApply, applied, { fieldManager: 'me', force: true });
      assert.equal(forced.spec!.replicas, 4);
      assert.ok(forced.metadata!.managedFields!.some(({ manager, operation }) => manager === 'me' && operation === 'Apply'));
      const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'web' });
      assert.equal(scale.spec!.replicas, 4);
      await apps.replaceNamespacedDeploymentScale({
        namespace,
        name: 'web',
        body: { metadata: { name: 'web', namespace }, spec: { replicas: 5 } },
      });
      assert.equal((await apps.readNamespacedDeployment({ namespace, name: 'web' })).spec!.replicas, 5);
    });

    test('the object API finds its paths by discovery', async () => {
      const namespace = await newNamespace();
      const objects = KubernetesObjectApi.makeApiClient(config);
      const header = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace } };
      const created = await objects.create(deployment(namespace));
      assert.equal(created.spec!.replicas, 1);
      assert.equal((await objects.read<V1Deployment>(header)).metadata!.uid, created.metadata!.uid);
      const patched = await objects.patch<V1Deployment>(
        { ...header, spec: { replicas: 2 } } as V1Deployment,
        undefined,
        undefined,
        'me',
        undefined,
        PatchStrategy.MergePatch,
      );
      assert.equal(patched.spec!.replicas, 2);
      assert.equal((await objects.list('apps/v1', 'Deployment', namespace)).items.length, 1);
      await objects.delete(header);
      assert.equal((await failure(objects.read(header))).code, 404);
    });

    test('exec is refused in so many words, and metrics are there', async () => {
      const namespace = await newNamespace();
      const [node] = (await core.listNode()).items;
      await core.createNamespacedPod({
        namespace,
        body: { metadata: { name: 'p' }, spec: { nodeName: node!.metadata!.name, containers: [{ name: 'main', image: 'nginx' }] } },
      });
      await assert.rejects(new Exec(config).exec(namespace, 'p', 'main', ['ls'], null, null, null, false), {
        message: 'Unexpected server response: 503',
      });
      const { kind, apiVersion } = await new Metrics(config).getNodeMetrics();
      assert.deepEqual([kind, apiVersion], ['NodeMetricsList', 'metrics.k8s.io/v1beta1']);
    });
  });

  describe('client-node: watches and informers', () => {
    test('a watch tells of what happens after its revision', async () => {
      const namespace = await newNamespace();
      const { metadata } = await core.listNamespacedConfigMap({ namespace });
      await core.createNamespacedConfigMap({ namespace, body: configMap('a') });
      const seen: string[] = [];
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      const options = { resourceVersion: metadata!.resourceVersion, fieldSelector: 'metadata.name=a' };
      const watching = await new Watch(config).watch(
        path,
        options,
        (phase: string, object: V1ConfigMap) => seen.push(`${phase} ${object.metadata!.name}`),
        () => {},
      );
      await core.deleteNamespacedConfigMap({ namespace, name: 'a' });
      await until(() => seen.length === 2);
      assert.deepEqual(seen, ['ADDED a', 'DELETED a']);
      watching.abort();
    });

    test('informers see additions, changes and deletions', async () => {
      const namespace = await newNamespace();
      await core.createNamespacedConfigMap({ namespace, body: configMap('there', {}, { mine: 'yes' }) });
      const { informer, seen } = informerOn(config, namespace);
      await informer.start();
      await core.createNamespacedConfigMap({ namespace, body: configMap('a', {}, { mine: 'yes' }) });
      await core.createNamespacedConfigMap({ namespace, body: configMap('other') });
      await core.patchNamespacedConfigMap(
        { namespace, name: 'a', body: { data: { k: 'v' } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
      await core.deleteNamespacedConfigMap({ namespace, name: 'there' });
      await until(() => seen.length === 4);
      assert.deepEqual(seen, ['add there', 'add a', 'update a', 'delete there']);
      assert.deepEqual(informer.get('a', namespace)?.data, { k: 'v' });
      assert.deepEqual(
        informer.list(namespace).map(({ metadata }) => metadata!.name),
        ['a'],
      );
      await informer.stop();
    });

    test('an informer goes on when the server ends its watch', async () => {
      const namespace = await newNamespace();
      const { informer, seen, connections } = informerOn(config, namespace, '?timeoutSeconds=1');
      await informer.start();
      await core.createNamespacedConfigMap({ namespace, body: configMap('a', {}, { mine: 'yes' }) });
      await until(() => connections() === 2);
      await core.createNamespacedConfigMap({ namespace, body: configMap('b', {}, { mine: 'yes' }) });
      await until(() => seen.length === 2);
      assert.deepEqual(seen, ['add a', 'add b']);
      await informer.stop();
    });

    test('an informer tells of a broken connection, and catches up when it is started again', async () => {
      const namespace = await newNamespace();
      await using proxy = await tcpProxy(Number(new URL(under.cluster.server).port));
      const throughProxy = new KubeConfig();
      throughProxy.loadFromString(under.cluster.kubeconfig.replace(under.cluster.server, `https://127.0.0.1:${proxy.port}`));
      const { informer, seen, errors } = informerOn(throughProxy, namespace);
      await informer.start();
      await core.createNamespacedConfigMap({ namespace, body: configMap('a', {}, { mine: 'yes' }) });
      await until(() => seen.length === 1);
      proxy.breakAll();
      await until(() => errors.length === 1);
      await core.createNamespacedConfigMap({ namespace, body: configMap('missed', {}, { mine: 'yes' }) });
      await informer.start();
      await until(() => seen.length === 2);
      assert.deepEqual(seen, ['add a', 'add missed']);
      await informer.stop();
    });
  });

  function informerOn(through: KubeConfig, namespace: string, query = '') {
    const client = through.makeApiClient(CoreV1Api);
    const list = () => client.listNamespacedConfigMap({ namespace, labelSelector: 'mine=yes' });
    const informer = makeInformer<V1ConfigMap>(through, `/api/v1/namespaces/${namespace}/configmaps${query}`, list, 'mine=yes');
    const seen: string[] = [];
    const errors: unknown[] = [];
    let connections = 0;
    for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, ({ metadata }) => seen.push(`${verb} ${metadata!.name}`));
    informer.on('error', (error: unknown) => errors.push(error));
    informer.on('connect', () => void connections++);
    return { informer, seen, errors, connections: () => connections };
  }

  /** Passes bytes on to a port of loopback until it is told to break. */
  async function tcpProxy(target: number): Promise<AsyncDisposable & { readonly port: number; breakAll(): void }> {
    const sockets = new Set<Socket>();
    const server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => {}).on('close', () => sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const breakAll = () => sockets.forEach((socket) => socket.resetAndDestroy());
    return {
      port: (server.address() as AddressInfo).port,
      breakAll,
      async [Symbol.asyncDispose]() {
        breakAll();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }
});
