import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Clock } from '../base/clock.ts';
import { certificateFromPem } from '../codec/x509/certificate.ts';
import { nodeCrypto } from '../machine/real/crypto.ts';
import { realFiles } from '../machine/real/files.ts';
import { clientCredentials, clients, ensurePki, kubeletServingCertificate, PkiError } from './pki.ts';
import type { PkiOptions } from './pki-certificates.ts';

const dayMs = 24 * 3600 * 1000;
const startMs = Date.UTC(2026, 10, 24);
const temporary = mkdtempSync(join(tmpdir(), 'pki-'));
describe('pki', () => {
  after(() => rmSync(temporary, { recursive: true }));

  /** A machine of its own, with a clock to turn. */
  function machine() {
    const folder = join(mkdtempSync(join(temporary, 'machine-')), 'pki');
    let nowMs = startMs;
    const env = { clock: { now: () => nowMs } as Clock, crypto: nodeCrypto() };
    const names = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
    return {
      env,
      folder,
      names,
      ensure: (changes: Partial<PkiOptions> = {}) => ensurePki(env, realFiles, { ...options, folder, ...changes }),
      path: (name: string) => join(folder, name),
      advance: (ms: number) => (nowMs += ms),
      snapshot: () => new Map(names().map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
    };
  }

  const options: Omit<PkiOptions, 'folder'> = {
    nodeName: 'slipway-control-plane',
    serviceAddress: '10.96.0.1',
    advertiseAddress: '172.18.0.2',
    extraNames: ['localhost', '127.0.0.1'],
  };

  test('ensurePki() makes kubeadm’s files, keys for their owner alone', async () => {
    const { ensure, names, path } = machine();
    const pki = await ensure({ etcd: true });
    const made = names().sort((one, other) => (one < other ? -1 : 1));
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
    for (const name of made)
      assert.equal(statSync(path(name)).mode & 0o777, name.endsWith('.crt') ? 0o644 & ~process.umask() : 0o600, name);
    assert.equal(pki.changes.length, made.length);
  });

  test('the API server’s certificate names the cluster, the node and what was asked for', async () => {
    const pki = await machine().ensure();
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
    const { ensure, snapshot } = machine();
    await ensure();
    const before = snapshot();
    const { changes } = await ensure();
    assert.deepEqual(changes, []);
    assert.deepEqual(snapshot(), before);
  });

  test('a certificate without a name that is wanted now is renewed, under its key', async () => {
    const { ensure, snapshot } = machine();
    await ensure();
    const before = snapshot();
    const { changes, leaves } = await ensure({ extraNames: ['my.host'] });
    assert.deepEqual(changes, [{ file: 'apiserver.crt', why: 'it did not name my.host' }]);
    assert.ok(new X509Certificate(leaves.get('apiserver')!.certificatePem).checkHost('my.host'));
    assert.equal(snapshot().get('apiserver.key'), before.get('apiserver.key'));
  });

  test('certificates are renewed within their last 30 days, and authorities are not', async () => {
    const { ensure, snapshot, advance } = machine();
    await ensure();
    const before = snapshot();
    advance(334 * dayMs);
    assert.deepEqual((await ensure()).changes, []);
    advance(2 * dayMs);
    const renewed = await ensure();
    assert.deepEqual(
      renewed.changes.map(({ file, why }) => `${file}: ${why}`),
      ['apiserver.crt', 'apiserver-kubelet-client.crt', 'front-proxy-client.crt'].map((file) => `${file}: it was about to expire`),
    );
    assert.equal(snapshot().get('ca.crt'), before.get('ca.crt'));
  });

  test('a run that was cut off is completed, and what it had made stays', async () => {
    const { ensure, path, snapshot } = machine();
    await ensure();
    const before = snapshot();
    rmSync(path('ca.crt'));
    rmSync(path('sa.pub'));
    rmSync(path('front-proxy-client.key'));
    const { changes } = await ensure();
    assert.deepEqual(changes.map(({ file }) => file).toSorted(), ['ca.crt', 'front-proxy-client.crt', 'front-proxy-client.key', 'sa.pub']);
    for (const file of ['ca.key', 'apiserver.crt', 'sa.key', 'sa.pub']) assert.equal(snapshot().get(file), before.get(file), file);
  });

  test('an external authority (no key) is enough while its certificates are good, and is named when they are not', async () => {
    const { env, ensure, path, advance, folder } = machine();
    await ensure();
    rmSync(path('ca.key'));
    const pki = await ensure();
    assert.equal(pki.ca.privateKeyPem, undefined);
    assert.throws(() => clientCredentials(env, pki.ca, clients.admin), PkiError);
    advance(366 * dayMs);
    await assert.rejects(ensure(), {
      name: 'PkiError',
      message: `${folder}/apiserver.crt: it was expired, and there is no ${folder}/ca.key to sign another one with`,
    });
  });

  test('an authority that cannot be used is refused, and left as it is', async () => {
    const { ensure, path, snapshot } = machine();
    await ensure();
    const other = machine();
    await other.ensure();
    copyFileSync(other.path('ca.key'), path('ca.key'));
    const before = snapshot();
    await assert.rejects(ensure(), /ca\.crt: the certificate and the private key do not match/);
    assert.deepEqual(snapshot(), before);
    writeFileSync(path('ca.crt'), '');
    await assert.rejects(ensure(), /ca\.crt: no PEM block of a certificate/);
  });

  test('client credentials say who the client is', async () => {
    const { env, ensure } = machine();
    const { ca } = await ensure();
    const kubelet = certificateFromPem(clientCredentials(env, ca, clients.kubelet('worker')).certificatePem);
    assert.deepEqual(kubelet.subject, { commonName: 'system:node:worker', organizations: ['system:nodes'] });
    assert.deepEqual(kubelet.extendedKeyUsage, ['clientAuth']);
    const admin = certificateFromPem(clientCredentials(env, ca, clients.admin).certificatePem);
    assert.deepEqual(admin.subject, { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'] });
    const serving = new X509Certificate(kubeletServingCertificate(env, ca, 'worker', ['172.18.0.3']).certificatePem);
    assert.ok(serving.checkIP('172.18.0.3') && serving.checkHost('worker'));
  });
});
