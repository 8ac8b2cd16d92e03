import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nodeCrypto } from '../machine/real/crypto.ts';
import { seededRng } from './rng.ts';
import { seededCrypto, UnsupportedKeyError } from './seeded-crypto.ts';

const real = nodeCrypto();
const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);

describe('seeded cryptography', () => {
  test('is a function of its seed', () => {
    const make = (seed: number) => {
      const crypto = seededCrypto(seededRng(seed));
      return [crypto.uuid(), crypto.randomBytes(8).join(), crypto.generateKeyPair('ecdsa-p256').privateKeyPem];
    };
    assert.deepEqual(make(7), make(7));
    for (const [i, value] of make(7).entries()) assert.notEqual(value, make(8)[i]);
    assert.match(make(7)[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('has the digests of the platform, around every block boundary', () => {
    const crypto = seededCrypto(seededRng(1));
    for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
      const data = bytes(length);
      assert.deepEqual(crypto.sha256(data), real.sha256(data), `sha256 of ${length}`);
      assert.deepEqual(crypto.sha1(data), real.sha1(data), `sha1 of ${length}`);
      assert.deepEqual(crypto.hmacSha256(data, bytes(20)), real.hmacSha256(data, bytes(20)), `hmac with a key of ${length}`);
    }
  });

  for (const form of ['der', 'raw'] as const) {
    test(`signatures (${form}) are understood by the platform, and the platform's are`, () => {
      const crypto = seededCrypto(seededRng(3));
      const pair = crypto.generateKeyPair('ecdsa-p256');
      assert.equal(real.publicKeyOf(pair.privateKeyPem), pair.publicKeyPem);
      assert.equal(crypto.publicKeyOf(pair.privateKeyPem), pair.publicKeyPem);
      for (const length of [0, 10, 100]) {
        const signature = crypto.sign(pair.privateKeyPem, bytes(length), form);
        assert.deepEqual(signature, crypto.sign(pair.privateKeyPem, bytes(length), form));
        assert.equal(real.verify(pair.publicKeyPem, bytes(length), signature, form), true);
        assert.equal(crypto.verify(pair.publicKeyPem, bytes(length), real.sign(pair.privateKeyPem, bytes(length), form), form), true);
        assert.equal(crypto.verify(pair.publicKeyPem, bytes(length + 1), signature, form), false);
      }
    });
  }

  test('a signature that is damaged at any byte does not verify', () => {
    const crypto = seededCrypto(seededRng(4));
    const pair = crypto.generateKeyPair('ecdsa-p256');
    const signature = crypto.sign(pair.privateKeyPem, bytes(5));
    for (let at = 0; at < signature.length; at += 5) {
      const damaged = Uint8Array.from(signature);
      damaged[at]! ^= 0x10;
      assert.equal(crypto.verify(pair.publicKeyPem, bytes(5), damaged), false, `byte ${at}`);
    }
    assert.equal(crypto.verify(pair.publicKeyPem, bytes(5), new Uint8Array(0)), false);
  });

  test('keys of RSA are refused by name', () => {
    const crypto = seededCrypto(seededRng(5));
    assert.throws(() => crypto.generateKeyPair('rsa-2048'), UnsupportedKeyError);
    const { privateKeyPem, publicKeyPem } = real.generateKeyPair('rsa-2048');
    assert.throws(() => crypto.sign(privateKeyPem, bytes(1)), UnsupportedKeyError);
    assert.throws(() => crypto.verify(publicKeyPem, bytes(1), new Uint8Array(64), 'raw'), UnsupportedKeyError);
  });

  test('equalInConstantTime() compares length and content', () => {
    const crypto = seededCrypto(seededRng(6));
    assert.equal(crypto.equalInConstantTime(bytes(4), bytes(4)), true);
    assert.equal(crypto.equalInConstantTime(bytes(4), bytes(5)), false);
    assert.equal(crypto.equalInConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
  });
});
