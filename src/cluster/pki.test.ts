import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { Clock } from '../base/clock.ts';
import { text } from '../codec/bytes.ts';
import { certificateFromPem } from '../codec/x509/certificate.ts';
import { FileError, type FileSystem } from '../machine/files.ts';
import { nodeCrypto } from '../machine/real/crypto.ts';
import { clientCredentials, clients, ensurePki, kubeletServingCertificate, PkiError } from './pki.ts';
import type { PkiOptions } from './pki-certificates.ts';

const dayMs = 24 * 3600 * 1000;
const startMs = Date.UTC(2026, 10, 24);

const options: PkiOptions = {
  folder: '/etc/kubernetes/pki',
  nodeName: 'slipway-control-plane',
  serviceAddress: '10.96.0.1',
  advertiseAddress: '172.18.0.2',
  extraNames: ['localhost', '127.0.0.1'],
};

function machine() {
  const contents = new Map<string, { bytes: Uint8Array; mode: number }>();
  let nowMs = startMs;
  const clock = { now: () => nowMs } as Clock;
  return {
    contents,
    env: { clock, crypto: nodeCrypto() },
    files: memoryFiles(contents),
    advance: (ms: number) => (nowMs += ms),
    snapshot: () => new Map([...contents].map(([path, { bytes }]) => [path.slice(options.folder.length + 1), text(bytes)])),
  };
}

test('ensurePki() makes kubeadm’s files, keys for their owner alone', async () => {
  const { env, files, contents } = machine();
  const pki = await ensurePki(env, files, { ...options, etcd: true });
  const made = [...contents.keys()].map((path) => path.slice(options.folder.length + 1)).sort();
  assert.deepEqual(made, [
    'apiserver-etcd-client.crt',
    'apiserver-etcd-client.key',
    'apiserver-kubelet-client.crt',
    'apiserver-kubelet-client.key',
    'apiserver.crt',
    'apiserver.key',
    'ca.crt',
    'ca.key',
    'etcd/ca.crt',
    'etcd/ca.key',
    'etcd/healthcheck-client.crt',
    'etcd/healthcheck-client.key',
    'etcd/peer.crt',
    'etcd/peer.key',
    'etcd/server.crt',
    'etcd/server.key',
    'front-proxy-ca.crt',
    'front-proxy-ca.key',
    'front-proxy-client.crt',
    'front-proxy-client.key',
    'sa.key',
    'sa.pub',
  ]);
  for (const [path, { mode }] of contents) assert.equal(mode, path.endsWith('.crt') ? 0o644 : 0o600, path);
  assert.equal(pki.changes.length, made.length);
});

test('the API server’s certificate names the cluster, the node and what was asked for', async () => {
  const { env, files } = machine();
  const pki = await ensurePki(env, files, options);
  const certificate = new X509Certificate(pki.leaves.get('apiserver')!.certificatePem);
  const authority = new X509Certificate(pki.ca.certificatePem);
  assert.ok(certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  for (const name of ['kubernetes', 'kubernetes.default.svc.cluster.local', 'slipway-control-plane', 'localhost']) {
    assert.ok(certificate.checkHost(name), name);
  }
  for (const address of ['10.96.0.1', '172.18.0.2', '127.0.0.1']) assert.ok(certificate.checkIP(address), address);
  assert.equal(Date.parse(certificate.validTo), startMs - 300_000 + 365 * dayMs);
  assert.equal(Date.parse(authority.validTo), startMs - 300_000 + 3650 * dayMs);
});

test('a second run changes nothing', async () => {
  const { env, files, snapshot } = machine();
  await ensurePki(env, files, options);
  const before = snapshot();
  const { changes } = await ensurePki(env, files, options);
  assert.deepEqual(changes, []);
  assert.deepEqual(snapshot(), before);
});

test('a certificate without a name that is wanted now is renewed, under its key', async () => {
  const { env, files, snapshot } = machine();
  await ensurePki(env, files, options);
  const before = snapshot();
  const { changes, leaves } = await ensurePki(env, files, { ...options, extraNames: ['my.host'] });
  assert.deepEqual(changes, [{ file: 'apiserver.crt', why: 'it did not name my.host' }]);
  assert.ok(new X509Certificate(leaves.get('apiserver')!.certificatePem).checkHost('my.host'));
  assert.equal(snapshot().get('apiserver.key'), before.get('apiserver.key'));
});

test('certificates are renewed within their last 30 days, and authorities are not', async () => {
  const { env, files, snapshot, advance } = machine();
  await ensurePki(env, files, options);
  const before = snapshot();
  advance(334 * dayMs);
  assert.deepEqual((await ensurePki(env, files, options)).changes, []);
  advance(2 * dayMs);
  const renewed = await ensurePki(env, files, options);
  assert.deepEqual(
    renewed.changes.map(({ file, why }) => `${file}: ${why}`),
    ['apiserver.crt', 'apiserver-kubelet-client.crt', 'front-proxy-client.crt'].map((file) => `${file}: it was about to expire`),
  );
  assert.equal(snapshot().get('ca.crt'), before.get('ca.crt'));
});

test('a run that was cut off is completed, and what it had made stays', async () => {
  const { env, files, contents, snapshot } = machine();
  await ensurePki(env, files, options);
  const before = snapshot();
  contents.delete(`${options.folder}/ca.crt`);
  contents.delete(`${options.folder}/sa.pub`);
  contents.delete(`${options.folder}/front-proxy-client.key`);
  const { changes } = await ensurePki(env, files, options);
  assert.deepEqual(changes.map(({ file }) => file).sort(), ['ca.crt', 'front-proxy-client.crt', 'front-proxy-client.key', 'sa.pub']);
  for (const file of ['ca.key', 'apiserver.crt', 'sa.key', 'sa.pub']) assert.equal(snapshot().get(file), before.get(file), file);
});

test('an external authority (no key) is enough while its certificates are good, and is named when they are not', async () => {
  const { env, files, contents, advance } = machine();
  await ensurePki(env, files, options);
  contents.delete(`${options.folder}/ca.key`);
  const pki = await ensurePki(env, files, options);
  assert.equal(pki.ca.privateKeyPem, undefined);
  assert.throws(() => clientCredentials(env, pki.ca, clients.admin), PkiError);
  advance(366 * dayMs);
  await assert.rejects(ensurePki(env, files, options), {
    name: 'PkiError',
    message: '/etc/kubernetes/pki/apiserver.crt: it was expired, and there is no /etc/kubernetes/pki/ca.key to sign another one with',
  });
});

test('an authority that cannot be used is refused, and left as it is', async () => {
  const { env, files, contents, snapshot } = machine();
  await ensurePki(env, files, options);
  const other = machine();
  await ensurePki(other.env, other.files, options);
  contents.set(`${options.folder}/ca.key`, other.contents.get(`${options.folder}/ca.key`)!);
  const before = snapshot();
  await assert.rejects(ensurePki(env, files, options), /ca\.crt: the certificate and the private key do not match/);
  assert.deepEqual(snapshot(), before);
  contents.set(`${options.folder}/ca.crt`, { bytes: new Uint8Array(), mode: 0o644 });
  await assert.rejects(ensurePki(env, files, options), /ca\.crt: no PEM block of a certificate/);
});

test('client credentials say who the client is', async () => {
  const { env, files } = machine();
  const { ca } = await ensurePki(env, files, options);
  const kubelet = certificateFromPem(clientCredentials(env, ca, clients.kubelet('worker')).certificatePem);
  assert.deepEqual(kubelet.subject, { commonName: 'system:node:worker', organizations: ['system:nodes'] });
  assert.deepEqual(kubelet.extendedKeyUsage, ['clientAuth']);
  const admin = certificateFromPem(clientCredentials(env, ca, clients.admin).certificatePem);
  assert.deepEqual(admin.subject, { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'] });
  const serving = new X509Certificate(kubeletServingCertificate(env, ca, 'worker', ['172.18.0.3']).certificatePem);
  assert.ok(serving.checkIP('172.18.0.3') && serving.checkHost('worker'));
});

function memoryFiles(contents: Map<string, { bytes: Uint8Array; mode: number }>): FileSystem {
  const missing = (path: string) => new FileError('ENOENT', `no such file: ${path}`);
  const stored = (path: string) => {
    const found = contents.get(path);
    if (!found) throw missing(path);
    return found;
  };
  return {
    async open(path, { create = false, exclusive = false, mode = 0o600 } = {}) {
      if (exclusive && contents.has(path)) throw new FileError('EEXIST', path);
      if (!contents.has(path) && !create) throw missing(path);
      if (!contents.has(path)) contents.set(path, { bytes: new Uint8Array(), mode });
      return {
        size: async () => stored(path).bytes.length,
        read: async () => 0,
        write: async ([chunk]) => void contents.set(path, { bytes: chunk!, mode: stored(path).mode }),
        truncate: async () => {},
        sync: async () => {},
        close: async () => {},
      };
    },
    readFile: async (path) => stored(path).bytes,
    list: async () => [...contents.keys()],
    exists: async (path) => contents.has(path),
    makeFolder: async () => {},
    rename: async (from, to) => {
      contents.set(to, stored(from));
      contents.delete(from);
    },
    remove: async (path) => void contents.delete(path),
    syncFolder: async () => {},
  };
}
