import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { describe, test } from 'node:test';
import { concatBytes, text, toBase64, utf8 } from '../../codec/bytes.ts';
import { decryptionOf } from './decryption.ts';
import { openSecretbox } from './secretbox.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const path = '/registry/secrets/default/s';

function cbc(key: Uint8Array, plain: string): Uint8Array {
  const iv = new Uint8Array(16).fill(9);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return concatBytes([utf8('k8s:enc:aescbc:v1:key1:'), iv, cipher.update(plain), cipher.final()]);
}

function gcm(key: Uint8Array, plain: string, authenticated: string): Uint8Array {
  const nonce = new Uint8Array(12).fill(9);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(utf8(authenticated));
  return concatBytes([utf8('k8s:enc:aesgcm:v1:key1:'), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

const config = (provider: string, ...secrets: readonly Uint8Array[]): string =>
  [
    'apiVersion: apiserver.config.k8s.io/v1',
    'kind: EncryptionConfiguration',
    'resources:',
    '- resources: [secrets]',
    '  providers:',
    '  - identity: {}',
    `  - ${provider}:`,
    '      keys:',
    ...secrets.map((one) => `      - {name: key1, secret: "${toBase64(one)}"}`),
  ].join('\n');

describe('a value that was encrypted', () => {
  test('is opened with the key of its name, the right one of several', () => {
    const decrypt = decryptionOf(config('aescbc', secret(1), secret(2)));
    assert.equal(text(decrypt(path, cbc(secret(2), '{"kind":"Secret"}'))), '{"kind":"Secret"}');
    assert.equal(text(decryptionOf(config('aesgcm', secret(3)))(path, gcm(secret(3), 'plain', path))), 'plain');
  });

  test('is not taken for another object’s, where that can be told', () => {
    const decrypt = decryptionOf(config('aesgcm', secret(3)));
    assert.throws(() => decrypt('/registry/secrets/default/other', gcm(secret(3), 'plain', path)), { name: 'UnreadableValueError' });
  });

  test('is left closed without its key, and says so', () => {
    const decrypt = decryptionOf(config('aesgcm', secret(1)));
    assert.throws(() => decrypt(path, gcm(secret(2), 'plain', path)), /by aesgcm:v1:key1, and not with the key of that name/);
    assert.throws(() => decrypt(path, cbc(secret(2), 'plain')), /by aescbc:v1:key1, of which there is no key/);
    assert.throws(() => decrypt(path, utf8('k8s:enc:kms:v2:vault:x')), /of which there is no key/);
  });

  test('by nobody is itself', () => {
    const value = utf8('{}');
    assert.equal(decryptionOf(config('aescbc', secret(1)))(path, value), value);
  });

  // The example of Bernstein's paper.
  test('by secretbox is opened, and refused with one bit changed', () => {
    const key = bytesOf('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389');
    const nonce = bytesOf('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37');
    const plain = bytesOf(
      'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31' +
        '0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864' +
        '5e0705',
    );
    const box = bytesOf(
      'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972' +
        '71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3' +
        '7973f622a43d14a6599b1f654cb45a74e355a5',
    );
    assert.deepEqual(openSecretbox(key, nonce, box), plain);
    const value = concatBytes([utf8('k8s:enc:secretbox:v1:key1:'), nonce, box]);
    assert.deepEqual(decryptionOf(config('secretbox', key))(path, value), plain);
    box[50]! ^= 1;
    assert.equal(openSecretbox(key, nonce, box), undefined);
  });

  test('needs a configuration that is one', () => {
    assert.throws(() => decryptionOf('kind: Pod'), { name: 'EncryptionConfigError' });
    assert.throws(() => decryptionOf('a: [b'), { name: 'EncryptionConfigError' });
    assert.throws(() => decryptionOf(config('aescbc', new Uint8Array(5))), /the secret of aescbc:v1:key1 has 5 bytes/);
  });
});
