import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, symlinkSync, lstatSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { kubeconfigFor, kubeconfigPath, mergeKubeconfig, withoutCluster } from './kubeconfig.ts';
import { mergeInto, read, removeFrom } from './kubeconfig-file.ts';

const ours = kubeconfigFor({
  name: 'slipway',
  server: 'https://127.0.0.1:6443',
  caPem: 'CA',
  clientCertificatePem: 'CERT',
  clientKeyPem: 'KEY',
});
const theirs = `apiVersion: v1
kind: Config
clusters: [{name: prod, cluster: {server: 'https://prod'}}]
contexts: [{name: prod, context: {cluster: prod, user: me}}]
users: [{name: me, user: {token: secret}}]
current-context: prod
extensions: [{name: x, extension: {a: 1}}]
`;
const folder = () => mkdtempSync(join(tmpdir(), 'slipway-kubeconfig-'));

test('a merge keeps what others have and makes ours current', () => {
  const merged = mergeKubeconfig({ clusters: [{ name: 'prod' }], 'current-context': 'prod', extra: 1 }, ours);
  assert.deepEqual(
    merged.clusters?.map((cluster) => cluster.name),
    ['prod', 'slipway'],
  );
  assert.equal(merged['current-context'], 'slipway');
  assert.equal(merged['extra'], 1);
});

test('merging twice leaves one entry', () => {
  assert.equal(mergeKubeconfig(mergeKubeconfig(undefined, ours), ours).clusters?.length, 1);
});

test('removal takes ours alone, and the current context only when it was ours', () => {
  const merged = mergeKubeconfig({ clusters: [{ name: 'prod' }], 'current-context': 'prod' }, ours);
  assert.deepEqual(
    withoutCluster(merged, 'slipway')?.clusters?.map((cluster) => cluster.name),
    ['prod'],
  );
  assert.equal(withoutCluster(merged, 'slipway')?.['current-context'], '');
  assert.equal(withoutCluster({ ...merged, 'current-context': 'prod' }, 'slipway')?.['current-context'], 'prod');
  assert.equal(withoutCluster({ clusters: null }, 'slipway'), undefined);
});

test('the file is the one that kubectl would change', () => {
  const exists = (path: string) => path === '/b';
  assert.equal(kubeconfigPath('/given', '/a:/b', '/home/me', exists), '/given');
  assert.equal(kubeconfigPath(undefined, '/a:/b:/c', '/home/me', exists), '/b');
  assert.equal(kubeconfigPath(undefined, '/a:/c', '/home/me', exists), '/c');
  assert.equal(kubeconfigPath(undefined, undefined, '/home/me', exists), '/home/me/.kube/config');
});

test("a person's file keeps its entries, its mode and its symbolic link", async () => {
  const at = folder();
  writeFileSync(join(at, 'real'), theirs);
  chmodSync(join(at, 'real'), 0o640);
  symlinkSync(join(at, 'real'), join(at, 'config'));
  await mergeInto(join(at, 'config'), ours);
  assert.ok(lstatSync(join(at, 'config')).isSymbolicLink());
  assert.equal(statSync(join(at, 'real')).mode & 0o777, 0o640);
  assert.equal(await removeFrom(join(at, 'config'), 'slipway'), true);
  const left = read(join(at, 'config'));
  assert.deepEqual(left?.users, [{ name: 'me', user: { token: 'secret' } }]);
  assert.deepEqual(left?.['extensions'], [{ name: 'x', extension: { a: 1 } }]);
  assert.equal(await removeFrom(join(at, 'config'), 'slipway'), false);
});

test('a new file is for its owner only', async () => {
  const path = join(folder(), 'new', 'config');
  await mergeInto(path, ours);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a file that is no kubeconfig is refused and left alone', async () => {
  const path = join(folder(), 'config');
  for (const broken of ['- a\n- b\n', 'a: [b\n']) {
    writeFileSync(path, broken);
    await assert.rejects(mergeInto(path, ours), /is not a kubeconfig and was left as it is/);
    assert.equal(readFileSync(path, 'utf8'), broken);
  }
});
