/** From an object as JSON shows it to its message's bytes. Fields go out in the order of their numbers, as Go has them. */
import { fromBase64 } from '../../codec/bytes.ts';
import { stringifyJson } from '../../codec/json.ts';
import type { ProtobufWriter } from '../../codec/protobuf/writer.ts';
import type { Message, MessageField, ProtobufScalar } from './messages.ts';
import { type Members, writeRendered } from './renderings.ts';

/** Members that the message does not have are left out; so are nulls, which Go does not have. */
export function encodeMessage(writer: ProtobufWriter, message: Message, value: unknown): void {
  const members = writeRendered(message, value);
  for (const field of message.fields) writeField(writer, field, members);
}

function writeField(writer: ProtobufWriter, field: MessageField, members: Members): void {
  const { number, type, inline, repeats } = field;
  if (inline && typeof type === 'object') {
    if (hasAny(type, members)) writer.message(number, (inner) => encodeMessage(inner, type, members));
    return;
  }
  const value = Object.hasOwn(members, field.name) ? members[field.name] : undefined;
  if (value === null || value === undefined) return;
  if (repeats === 'list') for (const item of value as readonly unknown[]) writeValue(writer, number, type, item);
  else if (repeats === 'map') writeEntries(writer, number, type, value);
  else writeValue(writer, number, type, value);
}

const hasAny = (message: Message, members: Members): boolean =>
  message.fields.some((field) =>
    field.inline && typeof field.type === 'object' ? hasAny(field.type, members) : Object.hasOwn(members, field.name),
  );

/** Go writes maps in the order of their keys. */
function writeEntries(writer: ProtobufWriter, number: number, type: MessageField['type'], map: object): void {
  for (const [key, value] of Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
    writer.message(number, (entry) => {
      entry.string(1, key);
      writeValue(entry, 2, type, value);
    });
}

function writeValue(writer: ProtobufWriter, number: number, type: MessageField['type'], value: unknown): void {
  if (typeof type === 'object') writer.message(number, (inner) => encodeMessage(inner, type, value));
  else writeScalar(writer, number, type, value);
}

function writeScalar(writer: ProtobufWriter, number: number, type: ProtobufScalar, value: unknown): void {
  switch (type) {
    case 'string':
      writer.string(number, String(value));
      return;
    case 'bytes':
      writer.bytes(number, fromBase64(String(value)));
      return;
    case 'json':
      writer.string(number, stringifyJson(value));
      return;
    case 'bool':
      writer.bool(number, value === true);
      return;
    case 'int32':
    case 'int64':
      writer.int(number, typeof value === 'bigint' ? value : Number(value));
      return;
    case 'double':
      writer.double(number, Number(value));
  }
}
