import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { nodeCrypto } from '../machine/real/crypto.ts';
import { text, fromBase64Url, toBase64Url, utf8 } from './bytes.ts';
import { isSignatureGood, jwkOf, keyIdOf, parseJwt, signJwt } from './jwt.ts';

const crypto = nodeCrypto();
const keys = { RS256: crypto.generateKeyPair('rsa-2048'), ES256: crypto.generateKeyPair('ecdsa-p256') };

for (const [algorithm, { privateKeyPem, publicKeyPem }] of Object.entries(keys)) {
  test(`${algorithm}: a token reads back, and verifies with its key alone`, () => {
    const token = signJwt(crypto, privateKeyPem, { iss: 'me', aud: ['a'], exp: 7 });
    const jwt = parseJwt(token)!;
    assert.deepEqual([jwt.algorithm, jwt.keyId, jwt.claims], [algorithm, keyIdOf(crypto, publicKeyPem), { iss: 'me', aud: ['a'], exp: 7 }]);
    assert.equal(isSignatureGood(crypto, jwt, publicKeyPem), true);
    for (const other of [...Object.values(keys), crypto.generateKeyPair('ecdsa-p256')]) {
      if (other.publicKeyPem !== publicKeyPem) assert.equal(isSignatureGood(crypto, jwt, other.publicKeyPem), false);
    }
  });

  test(`${algorithm}: the published key is the one that verifies`, () => {
    const jwk = jwkOf(crypto, publicKeyPem);
    assert.equal(jwk['alg'], algorithm);
    const imported = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    assert.equal(imported.export({ type: 'spki', format: 'pem' }), publicKeyPem);
  });

  test(`${algorithm}: changed claims, a changed header or none at all do not verify`, () => {
    const [header, payload, signature] = signJwt(crypto, privateKeyPem, { sub: 'a' }).split('.') as [string, string, string];
    const forged = toBase64Url(utf8(text(fromBase64Url(payload)).replace('"a"', '"b"')));
    const none = toBase64Url(utf8('{"alg":"none"}'));
    const hmac = toBase64Url(utf8('{"alg":"HS256"}'));
    for (const token of [
      `${header}.${forged}.${signature}`,
      `${none}.${payload}.`,
      `${hmac}.${payload}.${signature}`,
      `${header}.${payload}.`,
    ]) {
      assert.equal(isSignatureGood(crypto, parseJwt(token)!, publicKeyPem), false, token);
    }
  });
}

test('what is no token in compact form is undefined', () => {
  for (const token of ['', 'a.b', 'a.b.c.d', '{"payload":""}', '!.!.!', `${toBase64Url(utf8('[]'))}.${toBase64Url(utf8('{}'))}.x`]) {
    assert.equal(parseJwt(token), undefined, token);
  }
});
