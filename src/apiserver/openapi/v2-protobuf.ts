/**
 * The version 2 document in protocol buffers (gnostic's OpenAPIv2 messages), the only form in which
 * kubectl up to 1.27 reads it for apply and explain. Field numbers are of gnostic's OpenAPIv2.proto.
 */
import { ProtobufWriter } from '../../codec/protobuf/writer.ts';
import { stringifyYaml } from '../../codec/yaml.ts';
import type { Kind } from '../../api/kind.ts';
import type { Json } from './definitions.ts';
import { openApiV2Document } from './v2.ts';

/** What clients ask for it by: older ones with an `@`, which is no media type by the book, and newer ones without. */
export const openApiV2ProtobufAccepted: readonly string[] = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
];

/** The answer's Content-Type, whichever was asked for: clients parse it by the book. */
export const openApiV2ProtobufMediaType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

export const openApiV2Protobuf = (kinds: readonly Kind[]): Uint8Array => encodeDocument(openApiV2Document(kinds));

type Write = (writer: ProtobufWriter, value: unknown) => void;

/** How a JSON member goes into the message: under which number, and as what. */
type Fields = Readonly<Record<string, readonly [number: number, type: FieldType]>>;
type FieldType = 'string' | 'strings' | 'bool' | 'int' | 'double' | 'any' | 'anys' | Write;

export function encodeDocument(document: Json): Uint8Array {
  const writer = new ProtobufWriter();
  writeFields(writer, document, documentFields);
  return writer.finish();
}

function writeFields(writer: ProtobufWriter, value: unknown, fields: Fields, extensions?: number): void {
  for (const [name, member] of Object.entries(jsonOf(value))) {
    const field = fields[name];
    if (field) writeField(writer, field[0], field[1], member);
    else if (extensions !== undefined && name.startsWith('x-'))
      writer.message(extensions, (named) => writeNamed(named, name, member, writeAny));
  }
}

function writeField(writer: ProtobufWriter, number: number, type: FieldType, value: unknown): void {
  if (typeof type === 'function') writer.message(number, (inner) => type(inner, value));
  else if (type === 'any') writer.message(number, (inner) => writeAny(inner, value));
  else if (type === 'anys') for (const one of listOf(value)) writer.message(number, (inner) => writeAny(inner, one));
  else if (type === 'strings') for (const one of listOf(value)) writer.string(number, String(one));
  else if (type === 'string') writer.string(number, String(value));
  else if (type === 'bool') writer.bool(number, value === true);
  else if (type === 'int') writer.int(number, Math.trunc(Number(value)));
  else writer.double(number, Number(value));
}

const message =
  (fields: () => Fields, extensions?: number): Write =>
  (writer, value) =>
    writeFields(writer, value, fields(), extensions);

/** A map is a list of named values, here under the given number. */
const namedValues =
  (number: number, write: Write): Write =>
  (writer, value) => {
    for (const [name, member] of Object.entries(jsonOf(value))) writer.message(number, (named) => writeNamed(named, name, member, write));
  };

function writeNamed(writer: ProtobufWriter, name: string, value: unknown, write: Write): void {
  writer.string(1, name).message(2, (inner) => write(inner, value));
}

/** Values of any type go as YAML. */
function writeAny(writer: ProtobufWriter, value: unknown): void {
  writer.string(2, stringifyYaml(value));
}

const jsonOf = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const schema = message(() => schemaFields, 31);

const schemaFields: Fields = {
  $ref: [1, 'string'],
  format: [2, 'string'],
  title: [3, 'string'],
  description: [4, 'string'],
  default: [5, 'any'],
  multipleOf: [6, 'double'],
  maximum: [7, 'double'],
  exclusiveMaximum: [8, 'bool'],
  minimum: [9, 'double'],
  exclusiveMinimum: [10, 'bool'],
  maxLength: [11, 'int'],
  minLength: [12, 'int'],
  pattern: [13, 'string'],
  maxItems: [14, 'int'],
  minItems: [15, 'int'],
  uniqueItems: [16, 'bool'],
  maxProperties: [17, 'int'],
  minProperties: [18, 'int'],
  required: [19, 'strings'],
  enum: [20, 'anys'],
  additionalProperties: [
    21,
    (writer, value) => {
      if (typeof value === 'boolean') writer.bool(2, value);
      else writer.message(1, (inner) => schema(inner, value));
    },
  ],
  type: [22, (writer, value) => writer.string(1, String(value))],
  items: [23, (writer, value) => writer.message(1, (inner) => schema(inner, value))],
  properties: [25, namedValues(1, schema)],
  example: [30, 'any'],
};

/** Of a query or path parameter; the numbers part after the name, where only a query may be empty. */
const parameterFields = (isQuery: boolean): Fields => ({
  required: [1, 'bool'],
  in: [2, 'string'],
  description: [3, 'string'],
  name: [4, 'string'],
  type: [isQuery ? 6 : 5, 'string'],
  uniqueItems: [isQuery ? 20 : 19, 'bool'],
});
const queryFields = parameterFields(true);
const pathFields = parameterFields(false);

const bodyFields: Fields = {
  description: [1, 'string'],
  name: [2, 'string'],
  in: [3, 'string'],
  required: [4, 'bool'],
  schema: [5, schema],
};

function parameter(writer: ProtobufWriter, value: unknown): void {
  const where = jsonOf(value)['in'];
  if (where === 'body') writer.message(1, (body) => writeFields(body, value, bodyFields));
  else {
    const isQuery = where === 'query';
    writer.message(2, (other) => other.message(isQuery ? 3 : 4, (inner) => writeFields(inner, value, isQuery ? queryFields : pathFields)));
  }
}

function parameterItem(writer: ProtobufWriter, value: unknown): void {
  const ref = jsonOf(value)['$ref'];
  if (typeof ref === 'string') writer.message(2, (inner) => inner.string(1, ref));
  else writer.message(1, (inner) => parameter(inner, value));
}

const responseFields: Fields = {
  description: [1, 'string'],
  schema: [2, (writer, value) => writer.message(1, (inner) => schema(inner, value))],
};

/** Where a message holds a list of messages, the list's own number is the members'. */
function writeParameters(writer: ProtobufWriter, number: number, value: unknown): void {
  for (const one of listOf(value)) writer.message(number, (inner) => parameterItem(inner, one));
}

const operationFields: Fields = {
  tags: [1, 'strings'],
  description: [3, 'string'],
  operationId: [5, 'string'],
  produces: [6, 'strings'],
  consumes: [7, 'strings'],
  responses: [9, namedValues(1, (writer, value) => writer.message(1, (inner) => writeFields(inner, value, responseFields)))],
  schemes: [10, 'strings'],
  deprecated: [11, 'bool'],
};

function operation(writer: ProtobufWriter, value: unknown): void {
  writeParameters(writer, 8, jsonOf(value)['parameters']);
  writeFields(writer, value, operationFields, 13);
}

const pathItemFields: Fields = {
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  options: [6, operation],
  head: [7, operation],
  patch: [8, operation],
};

function pathItem(writer: ProtobufWriter, value: unknown): void {
  writeFields(writer, value, pathItemFields, 10);
  writeParameters(writer, 9, jsonOf(value)['parameters']);
}

const infoFields: Fields = { title: [1, 'string'], version: [2, 'string'], description: [3, 'string'] };
const apiKeyFields: Fields = { type: [1, 'string'], name: [2, 'string'], in: [3, 'string'], description: [4, 'string'] };

function securityRequirements(writer: ProtobufWriter, value: unknown): void {
  for (const [name, scopes] of Object.entries(jsonOf(value)))
    writer.message(1, (named) => writeNamed(named, name, scopes, (inner, list) => writeField(inner, 1, 'strings', list)));
}

const documentFields: Fields = {
  swagger: [1, 'string'],
  info: [2, message(() => infoFields)],
  paths: [8, namedValues(2, pathItem)],
  definitions: [9, namedValues(1, schema)],
  parameters: [10, namedValues(1, parameter)],
  // One requirement is all we publish.
  security: [12, (writer, value) => securityRequirements(writer, listOf(value)[0])],
  securityDefinitions: [13, namedValues(1, (writer, value) => writer.message(2, (inner) => writeFields(inner, value, apiKeyFields)))],
};
