import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  timingSafeEqual,
  verify,
  type KeyObject,
} from 'node:crypto';
import type { Crypto, EcdsaForm, KeyAlgorithm, KeyPair } from '../../base/crypto.ts';

/** Cryptography by Node (OpenSSL). Parsed keys are kept, since a server signs and verifies with few keys and often. */
export function nodeCrypto(): Crypto {
  const privateKeys = keyCache(createPrivateKey);
  const publicKeys = keyCache(createPublicKey);
  return {
    randomBytes: pooledRandomBytes(),
    uuid: () => randomUUID(),
    sha256: (data) => digest('sha256', data),
    sha1: (data) => digest('sha1', data),
    hmacSha256: (key, data) => new Uint8Array(createHmac('sha256', key).update(data).digest()),
    equalInConstantTime: (a, b) => timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest()),
    generateKeyPair,
    sign: (privateKeyPem, data, form) =>
      new Uint8Array(sign('sha256', data, { key: privateKeys(privateKeyPem), dsaEncoding: encodingOf(form) })),
    verify: (publicKeyPem, data, signature, form) =>
      verify('sha256', data, { key: publicKeys(publicKeyPem), dsaEncoding: encodingOf(form) }, signature),
    publicKeyOf: (privateKeyPem) => createPublicKey(privateKeys(privateKeyPem)).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Asking the system costs many times what a few bytes do. */
function pooledRandomBytes(poolBytes = 4096): (count: number) => Uint8Array {
  let pool = new Uint8Array();
  let used = 0;
  return (count) => {
    if (count > poolBytes / 8) return new Uint8Array(randomBytes(count));
    if (used + count > pool.length) {
      pool = new Uint8Array(randomBytes(poolBytes));
      used = 0;
    }
    const taken = pool.slice(used, used + count);
    pool.fill(0, used, (used += count));
    return taken;
  };
}

const encodingOf = (form: EcdsaForm | undefined) => (form === 'raw' ? 'ieee-p1363' : 'der');

const digest = (algorithm: string, data: Uint8Array) => new Uint8Array(createHash(algorithm).update(data).digest());

function generateKeyPair(algorithm: KeyAlgorithm): KeyPair {
  const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
  const pair =
    algorithm === 'rsa-2048'
      ? generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding, privateKeyEncoding })
      : generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding, privateKeyEncoding });
  return { privateKeyPem: pair.privateKey, publicKeyPem: pair.publicKey };
}

/** Keeps the last few keys by their PEM: requests may bring keys of their own, so it must not grow. */
function keyCache(parse: (pem: string) => KeyObject, limit = 32): (pem: string) => KeyObject {
  const kept = new Map<string, KeyObject>();
  return (pem) => {
    const known = kept.get(pem);
    if (known) return known;
    const key = parse(pem);
    if (kept.size >= limit) kept.delete(kept.keys().next().value!);
    kept.set(pem, key);
    return key;
  };
}
