/** From a message's bytes to the object that Go's JSON would show of it. */
import { ProtobufError, type ProtobufReader, wireTypes } from '../../codec/protobuf/reader.ts';
import { toBase64 } from '../../codec/bytes.ts';
import { JsonError, parseJson } from '../../codec/json.ts';
import type { Message, MessageField, ProtobufScalar } from './messages.ts';
import { readRendered } from './renderings.ts';

type JsonMembers = Record<string, unknown>;

/** Messages that hold each other go no deeper: what JSON may nest, with room for the messages between. */
const maxDepth = 1000;

/**
 * The value of one message: an object, or what its rendering makes of it; undefined for absence.
 * `into` is what an earlier part of the same message left, since later parts add to it.
 */
export function decodeMessage(reader: ProtobufReader, message: Message, depth = 0, into?: unknown): unknown {
  if (depth > maxDepth) throw new ProtobufError('exceeded max depth');
  const members: JsonMembers = message.rendering === undefined && isMembers(into) ? into : {};
  readMembers(reader, message, members, depth);
  return readRendered(message, members);
}

const isMembers = (value: unknown): value is JsonMembers => typeof value === 'object' && value !== null && !Array.isArray(value);

function readMembers(reader: ProtobufReader, message: Message, members: JsonMembers, depth: number): void {
  while (reader.next(message.title)) {
    const field = message.byNumber.get(reader.field);
    if (!field) {
      reader.skip();
      continue;
    }
    if (field.repeats === 'list') readItems(reader, field, members, depth);
    else if (field.repeats === 'map') readEntry(reader, field, members, depth);
    else readSingle(reader, field, members, message, depth);
  }
}

function readSingle(reader: ProtobufReader, field: MessageField, members: JsonMembers, { rendering }: Message, depth: number): void {
  const { type, name, kept, inline } = field;
  if (typeof type === 'object' && inline) {
    expect(reader, wireTypes.lengthDelimited, field);
    readMembers(reader.inner(), type, members, depth + 1);
    return;
  }
  const value = readValue(reader, field, depth, members[name]);
  // A rendering sees its fields as they are.
  if (value === undefined || (!kept && rendering === undefined && typeof type === 'string' && isZero(value))) delete members[name];
  else members[name] = value;
}

const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false;

function readItems(reader: ProtobufReader, field: MessageField, members: JsonMembers, depth: number): void {
  const items = (members[field.name] ??= []) as unknown[];
  if (typeof field.type === 'object' || reader.wireType !== wireTypes.lengthDelimited || !isNumeric(field.type)) {
    items.push(readValue(reader, field, depth) ?? null);
    return;
  }
  const packed = reader.inner();
  packed.wireType = field.type === 'double' ? wireTypes.fixed64 : wireTypes.varint;
  while (!packed.atEnd) items.push(readScalar(packed, field.type, field));
}

const isNumeric = (type: ProtobufScalar): boolean => wireTypeOf(type) !== wireTypes.lengthDelimited;

/** A map is a list of messages, each with a key 1 and a value 2. */
function readEntry(reader: ProtobufReader, field: MessageField, members: JsonMembers, depth: number): void {
  expect(reader, wireTypes.lengthDelimited, field);
  const map = (members[field.name] ??= {}) as JsonMembers;
  const entry = reader.inner();
  let key = '';
  let value: unknown;
  while (entry.next(field.name)) {
    if (entry.field === 1) key = readScalar(entry, 'string', field) as string;
    else if (entry.field === 2) value = readValue(entry, field, depth);
    else entry.skip();
  }
  value ??= (typeof field.type === 'object' ? readRendered(field.type, {}) : '') ?? null;
  // A plain assignment of the one name __proto__ would change the prototype instead.
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

function readValue(reader: ProtobufReader, field: MessageField, depth: number, into?: unknown): unknown {
  const { type } = field;
  if (typeof type !== 'object') return readScalar(reader, type, field);
  expect(reader, wireTypes.lengthDelimited, field);
  return decodeMessage(reader.inner(), type, depth + 1, into);
}

function readScalar(reader: ProtobufReader, type: ProtobufScalar, field: MessageField): unknown {
  expect(reader, wireTypeOf(type), field);
  switch (type) {
    case 'string':
      return reader.string();
    case 'bytes':
      return toBase64(reader.bytes());
    case 'json':
      return readJson(reader.string());
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return reader.int64();
    case 'double':
      return reader.double();
  }
}

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw new ProtobufError(error.message, { cause: error });
    throw error;
  }
}

function wireTypeOf(type: ProtobufScalar): number {
  if (type === 'string' || type === 'bytes' || type === 'json') return wireTypes.lengthDelimited;
  return type === 'double' ? wireTypes.fixed64 : wireTypes.varint;
}

function expect({ wireType }: ProtobufReader, wanted: number, field: MessageField): void {
  if (wireType !== wanted) throw new ProtobufError(`proto: wrong wireType = ${wireType} for field ${goName(field)}`);
}

/** Go's structs call what they embed by its type. */
function goName({ name, type, inline }: MessageField): string {
  if (typeof type === 'object' && (inline || name === 'metadata')) return type.title;
  return name.charAt(0).toUpperCase() + name.slice(1);
}
