/** Events of a watch in protocol buffers, each behind its length, as apimachinery's streaming serializer frames them. */
import { ProtobufWriter } from '../../codec/protobuf/writer.ts';
import { encodeKubernetesProtobuf } from './envelope.ts';

export interface TypedObject {
  readonly apiVersion?: string;
  readonly kind?: string;
}

/** Four bytes of length, then a `WatchEvent`, without an envelope of its own, whose object has one. Undefined for kinds that have no protocol buffers. */
export function encodeWatchEvent(type: string, object: TypedObject): Uint8Array | undefined {
  const enveloped = encodeKubernetesProtobuf(object, object.apiVersion ?? '', object.kind ?? '');
  if (!enveloped) return undefined;
  const event = new ProtobufWriter()
    .string(1, type)
    .message(2, (extension) => extension.bytes(1, enveloped))
    .finish();
  const frame = new Uint8Array(lengthBytes + event.length);
  new DataView(frame.buffer).setUint32(0, event.length);
  frame.set(event, lengthBytes);
  return frame;
}

const lengthBytes = 4;
