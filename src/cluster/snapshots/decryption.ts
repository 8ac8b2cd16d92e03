/** Opens what kube-apiserver encrypted before it went to etcd, with the keys of its own configuration. */
import { createDecipheriv } from 'node:crypto';
import { Base64Error, fromBase64, utf8 } from '../../codec/bytes.ts';
import { parseYaml, YamlError } from '../../codec/yaml.ts';
import type { Key } from '../../store/store.ts';
import { openSecretbox, secretboxNonceBytes } from './secretbox.ts';
import { encodingOf, isEncrypted, UnreadableValueError } from './stored-value.ts';

/** The value as it was before it was encrypted; itself where it was not. Throws `UnreadableValueError`. */
export type Decrypt = (key: Key, value: Uint8Array) => Uint8Array;

/** The file is no EncryptionConfiguration; the message says where. */
export class EncryptionConfigError extends Error {
  override name = 'EncryptionConfigError';
}

export const noDecryption: Decrypt = (_key, value) => value;

/**
 * Of an EncryptionConfiguration as `--encryption-provider-config` takes it: every key in it is tried on
 * what names its provider and its name, whatever the resource. KMS keys are not in such files.
 */
export function decryptionOf(config: string): Decrypt {
  const keys = keysIn(config);
  return (key, value) => {
    const encoding = encodingOf(value);
    if (!isEncrypted(encoding)) return value;
    const [provider = ''] = encoding.split(':');
    const sealed = value.subarray(utf8(`k8s:enc:${encoding}:`).length);
    const own = keys.get(encoding) ?? [];
    for (const secret of own) {
      const opened = openers[provider]?.(secret, sealed, key);
      if (opened) return opened;
    }
    throw new UnreadableValueError(
      `it is encrypted, by ${encoding}, ${own.length > 0 ? 'and not with the key of that name' : 'of which there is no key'} in the configuration`,
    );
  };
}

/** Each gives undefined where the key is another. */
type Opener = (secret: Uint8Array, sealed: Uint8Array, key: Key) => Uint8Array | undefined;

const ivBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

const openers: Readonly<Record<string, Opener>> = {
  aescbc: (secret, sealed) =>
    orUndefined(() => {
      const decipher = createDecipheriv(`aes-${secret.length * 8}-cbc`, secret, sealed.subarray(0, ivBytes));
      return Buffer.concat([decipher.update(sealed.subarray(ivBytes)), decipher.final()]);
    }),
  // The key in etcd is authenticated too, so that nobody can put one object in another's place.
  aesgcm: (secret, sealed, key) =>
    orUndefined(() => {
      const end = sealed.length - tagBytes;
      const bits = secret.length * 8;
      const decipher = createDecipheriv(`aes-${bits}-gcm` as 'aes-256-gcm', secret, sealed.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(key, 'latin1')).setAuthTag(sealed.subarray(end));
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]);
    }),
  secretbox: (secret, sealed) => openSecretbox(secret, sealed.subarray(0, secretboxNonceBytes), sealed.subarray(secretboxNonceBytes)),
};

/** Node throws for a wrong key, a wrong tag, and lengths that cannot be. */
function orUndefined(open: () => Uint8Array): Uint8Array | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

type Members = Readonly<Record<string, unknown>>;

const membersOf = (value: unknown): Members => (typeof value === 'object' && value !== null ? (value as Members) : {});
const listOf = (value: unknown): readonly Members[] => (Array.isArray(value) ? value.map(membersOf) : []);

/** By provider and name, as values name them: `aescbc:v1:key1`. Several files' worth of keys may have one name. */
function keysIn(text: string): ReadonlyMap<string, readonly Uint8Array[]> {
  const keys = new Map<string, Uint8Array[]>();
  const config = configIn(text);
  for (const provider of listOf(config['resources']).flatMap(({ providers }) => listOf(providers)))
    for (const type of Object.keys(openers))
      for (const { name, secret } of listOf(membersOf(provider[type])['keys'])) {
        const named = `${type}:v1:${String(name)}`;
        keys.set(named, [...(keys.get(named) ?? []), secretOf(named, secret)]);
      }
  return keys;
}

function configIn(text: string): Members {
  try {
    const config = membersOf(parseYaml(text));
    if (config['kind'] === 'EncryptionConfiguration' && Array.isArray(config['resources'])) return config;
    throw new EncryptionConfigError('it is no EncryptionConfiguration with resources');
  } catch (error) {
    if (error instanceof YamlError) throw new EncryptionConfigError(error.message, { cause: error });
    throw error;
  }
}

function secretOf(name: string, secret: unknown): Uint8Array {
  try {
    const bytes = fromBase64(typeof secret === 'string' ? secret : '');
    if ([16, 24, 32].includes(bytes.length)) return bytes;
    throw new EncryptionConfigError(`the secret of ${name} has ${bytes.length} bytes, and needs 16, 24 or 32`);
  } catch (error) {
    if (error instanceof Base64Error) throw new EncryptionConfigError(`the secret of ${name} is no base64`, { cause: error });
    throw error;
  }
}
