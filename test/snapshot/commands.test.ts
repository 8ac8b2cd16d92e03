/** `slipway snapshot` as a person calls it, in this process. */
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { encodeKubernetesProtobuf } from '../../src/api/protobuf/envelope.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRng } from '../../src/base/rng.ts';
import { parseFlags } from '../../src/codec/flags.ts';
import { concatBytes, toBase64, utf8 } from '../../src/codec/bytes.ts';
import { clusterHome } from '../../src/cluster/home.ts';
import { defaultNodes, defaultServiceSubnet } from '../../src/cluster/spec.ts';
import { writeState } from '../../src/cluster/state.ts';
import { serveControl } from '../../src/cluster/daemon/control-socket.ts';
import { takeLock } from '../../src/cluster/process-lock.ts';
import { snapshot } from '../../src/cluster/cli/commands/snapshot.ts';
import type { SnapshotReport } from '../../src/cluster/snapshots/report.ts';
import { realClock } from '../../src/machine/real/clock.ts';
import { realFiles } from '../../src/machine/real/files.ts';
import { sha256Stream } from '../../src/machine/real/sha256-stream.ts';
import { EmbeddedStore } from '../../src/store/embedded-store.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { saveSnapshot } from '../../src/store/snapshot/save-snapshot.ts';
import type { Store } from '../../src/store/store.ts';
import { scratchFolder } from './real-etcd.ts';

/** What a command line prints; rejects as the command does. */
async function slipway(line: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { flags, given, args } = parseFlags(snapshot.flags, line);
  const lines: string[] = [];
  const io = {
    out: (text: string) => void lines.push(text),
    err: () => {},
    progress: () => {},
    program: 'slipway',
    environment,
    homeFolder: '/nowhere',
    interrupted: new AbortController().signal,
  };
  await snapshot.run({ flags, given, args, io, commands: [snapshot] });
  return lines.join('\n');
}

const env = { clock: realClock, rng: seededRng(1), log: silentLog };
const protobuf = (apiVersion: string, kind: string, object: object): Uint8Array => encodeKubernetesProtobuf(object, apiVersion, kind)!;
const json = (object: object): Uint8Array => utf8(`${JSON.stringify(object)}\n`);
const put = (store: Store, key: string, value: Uint8Array, lease = 0n) => store.txn({ success: [{ op: 'put', key, value, lease }] });

function encrypted(key: Uint8Array, object: object): Uint8Array {
  const iv = new Uint8Array(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return concatBytes([utf8('k8s:enc:aescbc:v1:k:'), iv, cipher.update(JSON.stringify(object)), cipher.final()]);
}

/** As a real cluster's store looks, in small. */
async function clusterLike(): Promise<MemoryStore> {
  const store = new MemoryStore({ env });
  await store.grantLease(3600, 9n);
  const pod = (phase: string) => ({
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
    status: { phase },
  });
  await put(store, '/registry/pods/shop/web', protobuf('v1', 'Pod', pod('Pending')));
  await put(store, '/registry/pods/shop/web', protobuf('v1', 'Pod', pod('Running')));
  await put(
    store,
    '/registry/ingress/shop/front',
    protobuf('extensions/v1beta1', 'Ingress', { metadata: { name: 'front', namespace: 'shop' }, spec: {} }),
  );
  await put(
    store,
    '/registry/example.com/widgets/shop/w',
    json({ apiVersion: 'example.com/v1', data: 1, kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } }),
  );
  await put(store, '/registry/minions/node-1', protobuf('v1', 'Node', { metadata: { name: 'node-1' } }));
  await put(store, '/registry/secrets/shop/s', Uint8Array.of(...utf8('k8s:enc:aesgcm:v1:key2:'), 1, 2, 3));
  await put(store, '/registry/masterleases/10.0.0.1', protobuf('v1', 'Endpoints', { metadata: {} }), 9n);
  await put(store, 'compact_rev_key', utf8('0'));
  return store;
}

async function saved(store: Store, path: string): Promise<string> {
  await saveSnapshot({ store, files: realFiles, path, newSha256: sha256Stream });
  return path;
}

describe('slipway snapshot', () => {
  test('inspect tells kinds, namespaces, encodings, history and leases', async () => {
    using folder = scratchFolder();
    await using store = await clusterLike();
    const path = await saved(store, join(folder.path, 'a.db'));
    const report = JSON.parse(await slipway(['inspect', path, '-o', 'json'])) as SnapshotReport;
    assert.equal(report.checksum, 'verified');
    assert.deepEqual(report.warnings, []);
    assert.equal(report.etcd.revision, store.revision);
    assert.deepEqual([report.keys.live, report.keys.history], [7, 1]);
    assert.deepEqual(
      report.resources.map(({ resource, apiVersion, kind, namespaces }) => [resource, apiVersion, kind, namespaces]),
      [
        ['ingresses', 'extensions/v1beta1', 'Ingress', { shop: 1 }],
        ['masterleases', 'v1', 'Endpoints', { '': 1 }],
        ['nodes', 'v1', 'Node', { '': 1 }],
        ['pods', 'v1', 'Pod', { shop: 1 }],
        ['secrets', '', '', { shop: 1 }],
        ['widgets.example.com', 'example.com/v1', 'Widget', { shop: 1 }],
      ],
    );
    assert.deepEqual(report.encodings, { 'aesgcm:v1:key2': 1, json: 1, other: 1, protobuf: 4 });
    assert.deepEqual(report.leases, { count: 1, keys: 1 });
    assert.equal(report.otherKeys, 1);
    assert.match(await slipway(['inspect', path, '--namespaces']), /^pods +Pod +v1 +1 .*shop 1 +protobuf$/m);
  });

  test('get shows an object as YAML, by key, by kind and name, and as it was', async () => {
    using folder = scratchFolder();
    await using store = await clusterLike();
    const path = await saved(store, join(folder.path, 'a.db'));
    const running = await slipway(['get', path, 'po/web', '-n', 'shop']);
    assert.match(running, /^apiVersion: v1\nkind: Pod\nmetadata:\n {2}name: web\n {2}namespace: shop\n {2}resourceVersion: "3"/);
    assert.match(running, /phase: Running/);
    assert.equal(await slipway(['get', path, '/registry/pods/shop/web']), running);
    assert.match(await slipway(['get', path, 'pod/web', '-n', 'shop', '--revision', '2']), /phase: Pending/);
    for (const kind of ['widget', 'widgets', 'widgets.example.com', 'Widget'])
      assert.match(await slipway(['get', path, `${kind}/w`, '-n', 'shop']), /kind: Widget/);
    assert.match(await slipway(['get', path, 'node/node-1', '-o', 'json']), /"kind": "Node"/);
    assert.match(await slipway(['get', path, 'ing/front', '-n', 'shop']), /extensions\/v1beta1/);
  });

  test('get says where an object is instead, that it is encrypted, or that it was compacted', async () => {
    using folder = scratchFolder();
    await using store = await clusterLike();
    await store.compact(3);
    const path = await saved(store, join(folder.path, 'a.db'));
    await assert.rejects(slipway(['get', path, 'pod/web']), {
      message: 'there is no pod/web in namespace "default", but there is in shop',
    });
    await assert.rejects(slipway(['get', path, 'secret/s', '-n', 'shop']), /is encrypted, by aesgcm:v1:key2/);
    await assert.rejects(slipway(['get', path, 'pod/web', '-n', 'shop', '--revision', '2']), /revision 2 was compacted/);
    await assert.rejects(slipway(['get', path, 'compact_rev_key']), /it is no Kubernetes object/);
    await assert.rejects(slipway(['get', path, '/registry/none']), /there is no key/);
  });

  test('get opens what is encrypted, with the keys of the saved cluster', async () => {
    using folder = scratchFolder();
    await using store = await clusterLike();
    const key = new Uint8Array(32).fill(7);
    await put(
      store,
      '/registry/secrets/shop/t',
      encrypted(key, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 't' }, data: { a: 'Yg==' } }),
    );
    const path = await saved(store, join(folder.path, 'a.db'));
    const keys = join(folder.path, 'keys.yaml');
    const provider = `{"aescbc": {"keys": [{"name": "k", "secret": "${toBase64(key)}"}]}}`;
    writeFileSync(keys, `{"kind": "EncryptionConfiguration", "resources": [{"resources": ["secrets"], "providers": [${provider}]}]}`);
    assert.match(await slipway(['get', path, 'secret/t', '-n', 'shop', '--decryption-config', keys]), /^ {2}a: Yg==$/m);
    await assert.rejects(
      slipway(['get', path, 'secret/s', '-n', 'shop', '--decryption-config', keys]),
      /aesgcm:v1:key2, of which there is no key/,
    );
    await assert.rejects(slipway(['get', path, 'secret/t', '-n', 'shop', '--decryption-config', path]), { name: 'CommandError' });
  });

  test('diff tells what was added, removed and changed, and on demand the lines', async () => {
    using folder = scratchFolder();
    await using store = await clusterLike();
    const before = await saved(store, join(folder.path, 'a.db'));
    await put(
      store,
      '/registry/pods/shop/web',
      protobuf('v1', 'Pod', { metadata: { name: 'web', namespace: 'shop' }, status: { phase: 'Failed' } }),
    );
    await put(store, '/registry/minions/node-2', protobuf('v1', 'Node', { metadata: { name: 'node-2' } }));
    await store.txn({ success: [{ op: 'delete', range: { start: '/registry/ingress/shop/front' } }] });
    const after = await saved(store, join(folder.path, 'b.db'));
    assert.equal(
      await slipway(['diff', before, after]),
      ['- Ingress shop/front', '+ Node node-2', '~ Pod shop/web', '1 added, 1 removed, 1 changed, 5 the same; revision 9 to 12'].join('\n'),
    );
    assert.match(await slipway(['diff', before, after, '-u']), /^- {2}phase: Running\n\+ {2}phase: Failed$/m);
    assert.match(await slipway(['diff', before, after, '-n', 'shop']), /^0 added, 1 removed, 1 changed/m);
    const { differences } = JSON.parse(await slipway(['diff', before, after, '-o', 'json'])) as { differences: { change: string }[] };
    assert.deepEqual(
      differences.map(({ change }) => change),
      ['removed', 'added', 'changed'],
    );
  });

  test('save writes what a stopped cluster holds, readable by its owner alone', async () => {
    using folder = scratchFolder();
    const environment = { SLIPWAY_HOME: folder.path };
    const home = aCluster(folder.path);
    const open = () => EmbeddedStore.open({ files: realFiles, folder: join(home.folder, 'data'), env });
    await using store = await open();
    await put(store, '/registry/minions/node-1', protobuf('v1', 'Node', { metadata: { name: 'node-1' } }));
    await store[Symbol.asyncDispose]();
    const path = join(folder.path, 'saved.db');
    assert.match(await slipway(['save', path, '--name', 'c'], environment), /^Saved cluster "c" at revision 2 to /);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.match(await slipway(['get', path, 'node/node-1']), /name: node-1/);
  });

  test('save asks the daemon of a running cluster, and tells what it says when it cannot', async () => {
    using folder = scratchFolder();
    const environment = { SLIPWAY_HOME: folder.path };
    const home = aCluster(folder.path);
    await using store = await clusterLike();
    using _lock = takeLock(home.daemonLock);
    await using _control = await serveControl(home.controlSocket, {
      status: () => ({
        cluster: 'c',
        version: '',
        pid: 1,
        startedAt: '',
        server: '',
        phase: 'ready',
        revision: 1,
        storeBytes: 0,
        memoryBytes: 0,
      }),
      stop: () => {},
      machines: () => [],
      power: async () => {},
      saveSnapshot: ({ path, liveOnly }) => saveSnapshot({ store, files: realFiles, path, newSha256: sha256Stream, liveOnly }),
    });
    const path = join(folder.path, 'a file with spaces.db');
    assert.match(await slipway(['save', path, '--live-only', '--name', 'c'], environment), /at revision 9/);
    const { keys } = JSON.parse(await slipway(['inspect', path, '-o', 'json'])) as SnapshotReport;
    assert.deepEqual([keys.live, keys.history], [7, 0]);
    await assert.rejects(slipway(['save', join(folder.path, 'nowhere/x.db'), '--name', 'c'], environment), /ENOENT/);
  });

  test('what makes no sense is a usage error', async () => {
    for (const line of [
      [],
      ['nothing'],
      ['inspect'],
      ['diff', 'a'],
      ['get', 'a', 'b', 'c'],
      ['get', 'a', 'b/c/d'],
      ['inspect', 'a', '-o', 'xml'],
    ])
      await assert.rejects(slipway(line), { name: 'UsageError' }, line.join(' '));
  });
});

function aCluster(folder: string) {
  const home = clusterHome('c', folder);
  mkdirSync(join(home.folder, 'data'), { recursive: true });
  const spec = {
    name: 'c',
    apiAddress: '127.0.0.1',
    nodes: defaultNodes('c', 0),
    dataFolder: join(home.folder, 'data'),
    runtimeConfig: {},
    serviceSubnet: defaultServiceSubnet,
  };
  writeState(home, { format: 1, version: '0', phase: 'created', createdAt: '', spec });
  return home;
}
