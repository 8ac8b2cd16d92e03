import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex, utf8 } from '../../codec/bytes.ts';
import { nodeCrypto } from './crypto.ts';

const crypto = nodeCrypto();

test('digests are those of the published test vectors', () => {
  assert.equal(toHex(crypto.sha256(utf8('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(toHex(crypto.sha1(utf8('abc'))), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  // RFC 4231, test case 2.
  assert.equal(
    toHex(crypto.hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?'))),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

for (const algorithm of ['rsa-2048', 'ecdsa-p256'] as const) {
  test(`${algorithm}: what one half signs the other verifies, in its form alone`, () => {
    const { privateKeyPem, publicKeyPem } = crypto.generateKeyPair(algorithm);
    assert.equal(crypto.publicKeyOf(privateKeyPem), publicKeyPem);
    const data = utf8('payload');
    const raw = crypto.sign(privateKeyPem, data, 'raw');
    assert.equal(crypto.verify(publicKeyPem, data, raw, 'raw'), true);
    assert.equal(crypto.verify(publicKeyPem, utf8('other'), raw, 'raw'), false);
    assert.equal(crypto.verify(publicKeyPem, data, crypto.sign(privateKeyPem, data), 'der'), true);
    if (algorithm === 'ecdsa-p256') {
      assert.equal(raw.length, 64);
      assert.equal(crypto.verify(publicKeyPem, data, raw, 'der'), false);
    }
  });
}

test('equalInConstantTime() compares length and content', () => {
  assert.equal(crypto.equalInConstantTime(utf8('same'), utf8('same')), true);
  assert.equal(crypto.equalInConstantTime(utf8('same'), utf8('some')), false);
  assert.equal(crypto.equalInConstantTime(utf8('same'), utf8('sam')), false);
});

test('uuid() is a version 4 UUID in lower case', () => {
  assert.match(crypto.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
