import { text } from '../../codec/bytes.ts';
import { JsonError, parseJson } from '../../codec/json.ts';
import { ProtobufError } from '../../codec/protobuf/reader.ts';
import { decodeKubernetesProtobuf, readEnvelope } from '../../api/protobuf/envelope.ts';

/** `json`, `protobuf`, `cbor`, `empty`, `other`, or of encrypted values their provider and key: `aescbc:v1:key1`. */
export type Encoding = string;

export interface ObjectType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A value that is no object, or none that can be read. The message tells why. */
export class UnreadableValueError extends Error {
  override name = 'UnreadableValueError';
}

const noType: ObjectType = { apiVersion: '', kind: '' };
/** Long enough for a provider's, a version's and a key's name. */
const headBytes = 400;

const head = (value: Uint8Array): string =>
  Buffer.from(value.buffer, value.byteOffset, Math.min(value.length, headBytes)).toString('latin1');

export function encodingOf(value: Uint8Array): Encoding {
  if (value.length === 0) return 'empty';
  if (value[0] === 0x7b) return 'json';
  if (value[0] === 0xd9 && value[1] === 0xd9 && value[2] === 0xf7) return 'cbor';
  if (value[0] !== 0x6b) return 'other';
  if (value[1] === 0x38 && value[2] === 0x73 && value[3] === 0) return 'protobuf';
  return /^k8s:enc:([^:]+:[^:]+:[^:]*):/.exec(head(value))?.[1] ?? 'other';
}

export const isEncrypted = (encoding: Encoding): boolean => encoding.includes(':');

/** What an object says it is, without reading all of it; empty where that cannot be told. */
export function typeOf(value: Uint8Array, encoding: Encoding): ObjectType {
  try {
    if (encoding === 'protobuf') {
      const { apiVersion, kind } = readEnvelope(value);
      return { apiVersion, kind };
    }
    return encoding === 'json' ? jsonType(value) : noType;
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof JsonError) return noType;
    throw error;
  }
}

/** Nearly every object begins with them. */
function jsonType(value: Uint8Array): ObjectType {
  const [, first, one = '', second, other = ''] =
    /^\{"(kind|apiVersion)":"([^"\\]*)","(kind|apiVersion)":"([^"\\]*)"/.exec(head(value)) ?? [];
  if (first !== undefined && first !== second)
    return first === 'kind' ? { kind: one, apiVersion: other } : { apiVersion: one, kind: other };
  const object = parseJson(text(value)) as Readonly<Record<string, unknown>>;
  const textOf = (member: unknown): string => (typeof member === 'string' ? member : '');
  return { apiVersion: textOf(object['apiVersion']), kind: textOf(object['kind']) };
}

/** The object as `kubectl get -o yaml` would show it. Throws `UnreadableValueError`. */
export function decodeStoredValue(value: Uint8Array, modRevision: number): Readonly<Record<string, unknown>> {
  const encoding = encodingOf(value);
  if (isEncrypted(encoding)) throw new UnreadableValueError(`it is encrypted, by ${encoding}`);
  if (encoding !== 'json' && encoding !== 'protobuf')
    throw new UnreadableValueError(`it is no Kubernetes object, but ${named[encoding] ?? encoding}`);
  try {
    return withRevision(encoding === 'json' ? jsonObject(value) : protobufObject(value), modRevision);
  } catch (error) {
    if (!(error instanceof ProtobufError || error instanceof JsonError)) throw error;
    throw new UnreadableValueError(`it is damaged ${encoding}, or of a kind that is not known: ${error.message}`, { cause: error });
  }
}

const named: Readonly<Record<string, string>> = { empty: 'empty', other: 'other bytes', cbor: 'CBOR, which only an alpha feature stores' };

const jsonObject = (value: Uint8Array): Record<string, unknown> => parseJson(text(value)) as Record<string, unknown>;

function protobufObject(value: Uint8Array): Record<string, unknown> {
  const { apiVersion, kind, object } = decodeKubernetesProtobuf(value);
  return { apiVersion, kind, ...object };
}

/** What is stored has no resourceVersion: it is the revision at which it was stored. */
function withRevision(object: Record<string, unknown>, modRevision: number): Record<string, unknown> {
  const { metadata } = object;
  if (typeof metadata !== 'object' || metadata === null || !('kind' in object)) return object;
  return { ...object, metadata: { ...metadata, resourceVersion: String(modRevision) } };
}
