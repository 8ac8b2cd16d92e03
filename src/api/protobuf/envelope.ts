/**
 * Kubernetes' objects in protocol buffers: four bytes, then a message that says what the object is and
 * carries its own message (`runtime.Unknown`). Mirrors apimachinery's serializer/protobuf.
 */
import { concatBytes } from '../../codec/bytes.ts';
import { ProtobufError, ProtobufReader, wireTypes } from '../../codec/protobuf/reader.ts';
import { ProtobufWriter } from '../../codec/protobuf/writer.ts';
import { decodeMessage } from './decode-message.ts';
import { encodeMessage } from './encode-message.ts';
import { messageOfKind } from './messages.ts';

export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

/** `k8s` and a byte for the encoding's style, of which there is one. */
const prefix: Uint8Array = Uint8Array.of(0x6b, 0x38, 0x73, 0);

export interface Envelope {
  /** '' where it says none, as is `kind`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The object's message. */
  readonly raw: Uint8Array;
}

/** Throws `ProtobufError`. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length === 0) throw new ProtobufError('empty data');
  if (!prefix.every((byte, at) => bytes[at] === byte))
    throw new ProtobufError(`provided data does not appear to be a protobuf message, expected prefix [${prefix.join(' ')}]`);
  if (bytes.length === prefix.length) throw new ProtobufError('empty body');
  const envelope: { apiVersion: string; kind: string; raw: Uint8Array } = { apiVersion: '', kind: '', raw: new Uint8Array() };
  const reader = new ProtobufReader(bytes, prefix.length);
  while (reader.next('Unknown')) {
    if (reader.field === 1) Object.assign(envelope, readType(delimited(reader, 'TypeMeta').inner()));
    else if (reader.field === 2) envelope.raw = delimited(reader, 'Raw').bytes();
    else reader.skip();
  }
  return envelope;
}

function readType(reader: ProtobufReader): { apiVersion?: string; kind?: string } {
  const type: { apiVersion?: string; kind?: string } = {};
  while (reader.next('TypeMeta')) {
    if (reader.field === 1) type.apiVersion = delimited(reader, 'APIVersion').string();
    else if (reader.field === 2) type.kind = delimited(reader, 'Kind').string();
    else reader.skip();
  }
  return type;
}

function delimited(reader: ProtobufReader, field: string): ProtobufReader {
  if (reader.wireType !== wireTypes.lengthDelimited)
    throw new ProtobufError(`proto: wrong wireType = ${reader.wireType} for field ${field}`);
  return reader;
}

export interface DecodedProtobuf {
  readonly apiVersion: string;
  readonly kind: string;
  /** As JSON would show it, without apiVersion and kind. */
  readonly object: Record<string, unknown>;
}

/** `fallback` is what the object is where it does not say so itself. Throws `ProtobufError`, also for kinds that have no protocol buffers. */
export function decodeKubernetesProtobuf(
  bytes: Uint8Array,
  fallback?: { readonly apiVersion: string; readonly kind: string },
): DecodedProtobuf {
  const envelope = readEnvelope(bytes);
  const apiVersion = envelope.apiVersion || (fallback?.apiVersion ?? '');
  const kind = envelope.kind || (fallback?.kind ?? '');
  return { apiVersion, kind, object: decodeObject(envelope.raw, apiVersion, kind) };
}

/** Of the object's own message. Throws `ProtobufError`. */
export function decodeObject(raw: Uint8Array, apiVersion: string, kind: string): Record<string, unknown> {
  const message = messageOfKind(apiVersion, kind);
  if (!message) throw new ProtobufError(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
  return decodeMessage(new ProtobufReader(raw), message) as Record<string, unknown>;
}

/** Undefined for kinds that have no protocol buffers. */
export function encodeKubernetesProtobuf(object: unknown, apiVersion: string, kind: string): Uint8Array | undefined {
  const message = messageOfKind(apiVersion, kind);
  if (!message) return undefined;
  const writer = new ProtobufWriter();
  writer.message(1, (type) => type.string(1, apiVersion).string(2, kind));
  writer.message(2, (raw) => encodeMessage(raw, message, object));
  // Go writes these two always: no encoding, and the type that the prefix says already.
  writer.string(3, '').string(4, '');
  return concatBytes([prefix, writer.finish()]);
}
