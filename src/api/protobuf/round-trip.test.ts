import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { toBase64 } from '../../codec/bytes.ts';
import { ProtobufError } from '../../codec/protobuf/reader.ts';
import { ProtobufWriter } from '../../codec/protobuf/writer.ts';
import { resources } from '../generated/resources.ts';
import { apiVersionOf } from '../meta.ts';
import { decodeKubernetesProtobuf, encodeKubernetesProtobuf } from './envelope.ts';
import { type Message, type MessageField, messageOfKind, type ProtobufScalar } from './messages.ts';

const anyText = fc.string({ unit: 'grapheme', maxLength: 8 });
const someJson = fc.dictionary(anyText, fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant(null)), {
  maxKeys: 3,
  noNullPrototype: true,
});
const seconds = fc.integer({ min: Date.parse('0001-01-01T00:00:01Z') / 1000, max: Date.parse('9999-12-31T23:59:59Z') / 1000 });
const times = seconds.map((at) => `${new Date(at * 1000).toISOString().slice(0, 19)}Z`);
const microTimes = fc
  .tuple(times, fc.integer({ min: 0, max: 999_999 }))
  .map(([time, micros]) => `${time.slice(0, 19)}.${String(micros).padStart(6, '0')}Z`);

const scalars: Readonly<Record<ProtobufScalar, fc.Arbitrary<unknown>>> = {
  string: anyText,
  bytes: fc.uint8Array({ maxLength: 8 }).map(toBase64),
  json: someJson,
  bool: fc.boolean(),
  int32: fc.integer(),
  int64: fc.oneof(
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  ),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }),
};

const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false;

/** Values in the form in which Go's JSON would show them: no zero where it has omitempty, no empty lists and maps, whose absence is the same on the wire. */
function valuesOf(field: MessageField, depth: number): fc.Arbitrary<unknown> {
  const one = typeof field.type === 'string' ? scalars[field.type] : shownAs(field.type, depth);
  if (field.repeats === 'list') return fc.array(one, { minLength: 1, maxLength: 3 });
  if (field.repeats === 'map') return fc.dictionary(anyText, one, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  return field.kept ? one : one.filter((value) => !isZero(value) || typeof field.type !== 'string');
}

function shownAs(message: Message, depth: number): fc.Arbitrary<unknown> {
  const [first, second] = message.fields;
  switch (message.rendering) {
    case undefined:
      return objectsOf(message, depth);
    case 'only':
      return valuesOf({ ...first!, type: first!.type, kept: true }, depth);
    case 'time':
      return times;
    case 'micro-time':
      return microTimes;
    case 'quantity':
      return fc.constantFrom('0', '1', '1500m', '2Gi');
    case 'int-or-string':
      return fc.oneof(fc.integer(), anyText);
    case 'schema-or-bool':
      return fc.oneof(fc.boolean(), valuesOf(second!, depth));
    case 'schema-or-list':
    case 'schema-or-strings':
      return fc.oneof(valuesOf(first!, depth), valuesOf(second!, depth));
  }
}

const flattened = ({ fields }: Message): MessageField[] =>
  fields.flatMap((field) => (field.inline && typeof field.type === 'object' ? flattened(field.type) : [field]));

const maxDepth = 6;

/** Objects with a few of the message's fields each. */
function objectsOf(message: Message, depth: number): fc.Arbitrary<object> {
  const possible = flattened(message).filter(({ type }) => depth < maxDepth || typeof type === 'string');
  return fc
    .subarray(possible, { maxLength: Math.min(possible.length, depth === 0 ? 8 : 3) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((field) => [field.name, valuesOf(field, depth + 1)]))))
    .map((object) => ({ ...object }));
}

test('what is written of an object of any kind is read as the same object', () => {
  for (const { group, version, kind } of resources) {
    const apiVersion = apiVersionOf({ group, version });
    fc.assert(
      fc.property(objectsOf(messageOfKind(apiVersion, kind)!, 0), (object) => {
        assert.deepEqual(decodeKubernetesProtobuf(encodeKubernetesProtobuf(object, apiVersion, kind)!), { apiVersion, kind, object });
      }),
      { numRuns: 20 },
    );
  }
});

test('bytes of an object with some of them changed are an object, or refused', () => {
  const kinds = resources.filter(({ kind }) => ['Pod', 'CustomResourceDefinition', 'HorizontalPodAutoscaler', 'Node'].includes(kind));
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  for (const { group, version, kind } of kinds) {
    const apiVersion = apiVersionOf({ group, version });
    fc.assert(
      fc.property(objectsOf(messageOfKind(apiVersion, kind)!, 0), damage, (object, changes) => {
        const bytes = encodeKubernetesProtobuf(object, apiVersion, kind)!;
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        decodeOrRefuse(bytes);
      }),
      { numRuns: 200 },
    );
  }
});

function decodeOrRefuse(bytes: Uint8Array): void {
  try {
    decodeKubernetesProtobuf(bytes);
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
  }
}

test('messages nested without end are refused', () => {
  const nest = (writer: ProtobufWriter, depth: number): void => {
    const not = 28;
    if (depth > 0) writer.message(not, (inner) => nest(inner, depth - 1));
  };
  const crdOf = (depth: number): Uint8Array => {
    const [raw, spec, versions, schema, openAPIV3Schema] = [2, 2, 7, 4, 1];
    const writer = new ProtobufWriter();
    const path = [raw, spec, versions, schema, openAPIV3Schema];
    const write = (inner: ProtobufWriter, at: number): void =>
      at < path.length ? void inner.message(path[at]!, (next) => write(next, at + 1)) : nest(inner, depth);
    write(writer, 0);
    return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...writer.finish()]);
  };
  const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  decodeKubernetesProtobuf(crdOf(900), crd);
  assert.throws(() => decodeKubernetesProtobuf(crdOf(2000), crd), { name: 'ProtobufError', message: 'exceeded max depth' });
});
