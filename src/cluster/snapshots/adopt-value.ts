import { applySchemaDefaults, decodeBody } from '../../api/decode.ts';
import { ApiError } from '../../api/errors.ts';
import { parseApiVersion, apiVersionOf, type KubeObject } from '../../api/meta.ts';
import type { Draft } from '../../api/draft.ts';
import { storagePrefix, type Kind } from '../../api/kind.ts';
import { encodeStored, openingOf } from '../../apiserver/cache/encoding.ts';
import type { Key } from '../../store/store.ts';
import type { Decrypt } from './decryption.ts';
import { modernized } from './old-versions.ts';
import { parseStoredKey } from './stored-key.ts';
import { decodeStoredValue, encodingOf, isEncrypted, UnreadableValueError } from './stored-value.ts';

/** The object as our API server stores it, or why it is left out: in words that follow a number. */
export type Adopted = { readonly value: Uint8Array; readonly object: KubeObject } | { readonly leftOut: string };

/** Belongs to the servers and machines of the cluster that was saved. */
const ofItsServers = ['masterleases', 'peerserverleases', 'ranges'];

/** `kinds`: all that this release has. What `decrypt` cannot open is left out. */
export function valueAdopter(kinds: readonly Kind[], decrypt: Decrypt): (key: Key, value: Uint8Array) => Adopted {
  const byPrefix = Map.groupBy(kinds, storagePrefix);
  return (key, value) => {
    const stored = parseStoredKey(key);
    if (!stored || !key.startsWith('/registry/')) return { leftOut: 'keys that are no objects of Kubernetes' };
    if (ofItsServers.includes(stored.resource)) return { leftOut: "records of the saved cluster's own servers" };
    const opened = openedBy(decrypt, key, value);
    if (!opened) return { leftOut: `${stored.resource} encrypted by ${encodingOf(value)}` };
    const object = readObject(opened);
    if (!object) return { leftOut: `${stored.resource} that cannot be read` };
    if (isMirror(object)) return { leftOut: "static pods of the saved cluster's machines" };
    const prefix = prefixOf(key, stored.namespace !== '');
    const isCustom = stored.resource.includes('.');
    const adopted = isCustom ? object : inStoredVersion(object, byPrefix.get(prefix) ?? []);
    if (!adopted) return { leftOut: `${stored.resource} of ${object.apiVersion}, which Kubernetes 1.36 does not read` };
    const { group, version } = parseApiVersion(adopted.apiVersion)!;
    return { object: adopted, value: encodeStored(openingOf({ group, version, kind: adopted.kind }), adopted) };
  };
}

/** Undefined for what stays closed. */
function openedBy(decrypt: Decrypt, key: Key, value: Uint8Array): Uint8Array | undefined {
  try {
    const opened = decrypt(key, value);
    return isEncrypted(encodingOf(opened)) ? undefined : opened;
  } catch (error) {
    if (error instanceof UnreadableValueError) return undefined;
    throw error;
  }
}

type Typed = KubeObject & { readonly apiVersion: string; readonly kind: string };

function readObject(value: Uint8Array): Typed | undefined {
  try {
    const object = modernized(decodeStoredValue(value, 0)) as Draft<Typed> & { metadata?: Record<string, unknown> };
    if (!object.apiVersion || !object.kind || !object.metadata || !parseApiVersion(object.apiVersion)) return undefined;
    const { selfLink: _, clusterName: __, ...metadata } = object.metadata;
    return { ...object, metadata };
  } catch (error) {
    if (error instanceof UnreadableValueError) return undefined;
    throw error;
  }
}

const isMirror = ({ kind, metadata }: Typed): boolean =>
  kind === 'Pod' && metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

/** All up to the namespace or, where there is none, the name. */
function prefixOf(key: Key, namespaced: boolean): Key {
  const end = key.lastIndexOf('/');
  return key.slice(0, (namespaced ? key.lastIndexOf('/', end - 1) : end) + 1);
}

/**
 * `kinds` share a place in the store: one kind in all its versions, and rarely others. What was stored
 * by another release gets the defaults of this one, as upstream's decoding of stored objects gives them.
 */
function inStoredVersion(object: Typed, kinds: readonly Kind[]): Typed | undefined {
  const own = kinds.find((kind) => kind.kind === object.kind && apiVersionOf(kind) === object.apiVersion);
  const draft = own && decodedAs(own, object);
  if (!own || !draft) return undefined;
  applySchemaDefaults(draft, own.schema());
  own.strategy.defaults?.(draft);
  const stored = own.storage ? own.storage.toStored(draft) : draft;
  return { ...stored, apiVersion: apiVersionOf(own.storage ?? own), kind: own.kind };
}

/** Undefined where a value is of a type that the field cannot have. */
function decodedAs(kind: Kind, object: Typed): Draft<KubeObject> | undefined {
  try {
    return decodeBody({ object }, kind, 'Ignore').object;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
