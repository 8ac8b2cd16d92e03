import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources } from '../generated/resources.ts';
import { apiVersionOf } from '../meta.ts';
import type { Field, Schema } from '../schema.ts';
import { schemaOf } from '../schemas.ts';
import { type Message, type MessageField, messageOf, messageOfKind } from './messages.ts';

test('every kind that Kubernetes serves has a message, and the message each field of its schema', () => {
  const problems: string[] = [];
  for (const resource of resources) {
    const message = messageOfKind(apiVersionOf(resource), resource.kind);
    if (message) compare(message, schemaOf(resource.definition), problems, new Set(['apiVersion', 'kind']));
    else problems.push(`${apiVersionOf(resource)} ${resource.kind} has no message`);
  }
  assert.deepEqual(problems, []);
});

const compared = new Set<string>();

function compare(message: Message, schema: Schema, problems: string[], others: ReadonlySet<string> = new Set()): void {
  if (compared.has(`${message.name} ${schema.name}`)) return;
  compared.add(`${message.name} ${schema.name}`);
  const fields = new Map(flattened(message).map((field) => [field.name, field]));
  for (const [name, field] of schema.fields ?? []) {
    const own = fields.get(name);
    if (own) compareField(own, field, `${message.name}.${name}`, problems);
    else if (!others.has(name)) problems.push(`${message.name} has no field ${name}`);
  }
}

const flattened = (message: Message): MessageField[] =>
  message.fields.flatMap((field) => (field.inline && typeof field.type === 'object' ? flattened(field.type) : [field]));

function compareField(own: MessageField, { schema, omitsZero }: Field, path: string, problems: string[]): void {
  const shape = shapeOf(own);
  if (shape !== shapeOfSchema(schema)) problems.push(`${path} is ${shape}, the schema has ${shapeOfSchema(schema)}`);
  if (typeof own.type === 'string' && !own.repeats && !own.kept && !omitsZero) problems.push(`${path} loses zero`);
  const inner = schema.items ?? schema.values ?? schema;
  if (typeof own.type === 'object' && inner.type === 'object') compare(own.type, inner, problems);
}

function shapeOf({ repeats, type }: MessageField): string {
  const item = typeof type === 'string' ? type : shapeOfMessage(type);
  return repeats === undefined ? item : `${repeats} of ${item}`;
}

function shapeOfMessage({ rendering, fields }: Message): string {
  if (rendering === 'only') return shapeOf(fields[0]!);
  if (rendering?.startsWith('schema-or-')) return 'json';
  return rendering ?? 'object';
}

function shapeOfSchema({ type, format, items, values }: Schema): string {
  if (items) return `list of ${shapeOfSchema(items)}`;
  if (values) return `map of ${shapeOfSchema(values)}`;
  switch (type) {
    case 'string':
      return { byte: 'bytes', 'date-time': 'time', 'micro-time': 'micro-time' }[format as string] ?? 'string';
    case 'integer':
      return format ?? 'int64';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'any':
      return 'json';
    default:
      return type;
  }
}

test('messages refer to messages that there are', () => {
  const seen = new Set<Message>();
  const visit = (message: Message): void => {
    if (seen.has(message)) return;
    seen.add(message);
    for (const { type } of message.fields) if (typeof type === 'object') visit(type);
  };
  for (const { group, version, kind } of resources) visit(messageOfKind(apiVersionOf({ group, version }), kind)!);
  assert.ok(seen.size > 500, `${seen.size}`);
  assert.throws(() => messageOf('core.v1.Nothing'), /no message core.v1.Nothing/);
});

test("meta/v1's own kinds are at home in every group, others in none", () => {
  assert.equal(messageOfKind('apps/v1', 'DeleteOptions'), messageOf('meta.v1.DeleteOptions'));
  assert.equal(messageOfKind('v1', 'Status'), messageOf('meta.v1.Status'));
  assert.equal(messageOfKind('meta.k8s.io/v1beta1', 'PartialObjectMetadata'), messageOf('meta.v1.PartialObjectMetadata'));
  assert.equal(messageOfKind('apps/v1', 'Pod'), undefined);
  assert.equal(messageOfKind('example.com/v1', 'Widget'), undefined);
});
