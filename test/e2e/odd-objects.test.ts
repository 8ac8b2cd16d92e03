/** Every field of every kind, empty, odd or alone: such objects are taken or refused, and nothing falls over. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allKinds } from '../../src/api/kinds/all.ts';
import { apiVersionOf } from '../../src/api/meta.ts';
import type { ApiCall } from '../../src/api/call.ts';
import { ApiError } from '../../src/api/errors.ts';
import type { Schema } from '../../src/api/schema.ts';
import { utf8 } from '../../src/codec/bytes.ts';
import { startCluster } from '../../src/cluster/index.ts';

/** Values of a schema that hold one thing each, down to a depth. */
function* oddValues(schema: Schema, depth: number): Generator {
  const within = (inner: Schema | undefined) => (inner && depth > 0 ? oddValues(inner, depth - 1) : []);
  switch (schema.type) {
    case 'list':
      yield [];
      for (const value of within(schema.items)) yield [value];
      return;
    case 'map':
      yield {};
      for (const value of within(schema.values)) yield { a: value };
      return;
    case 'object':
      yield {};
      for (const [name, field] of schema.fields ?? [])
        if (!typeFields.has(name)) for (const value of within(field.schema)) yield { [name]: value };
      return;
    case 'string':
      yield* ['', schema.enum?.[0] ?? 'x'];
      return;
    case 'integer':
    case 'number':
      yield* [0, -1];
      return;
    default:
      yield* [true, '1', 'x', null];
  }
}

const typeFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

const credentials: ApiCall['credentials'] = { by: 'identity', user: { name: 'admin', groups: ['system:masters'] } };

test('no kind trips over what is missing or odd in its fields', async () => {
  await using cluster = await startCluster({ runtimeConfig: { 'api/all': 'true' } });
  const faults: string[] = [];
  let tried = 0;
  for (const kind of allKinds) {
    const { group, version, plural, namespaced } = kind;
    const resource = { group, version, resource: plural, ...(namespaced && { namespace: 'default' }) };
    // A binding's errors have no code, there as here.
    if (kind.kind === 'Binding') continue;
    for (const value of oddValues(kind.schema(), 5)) {
      tried++;
      const object = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name: 'a' }, ...(value as object) };
      const body = { bytes: utf8(JSON.stringify(object)), mediaType: 'application/json' } as const;
      await cluster.api({ credentials, verb: 'create', resource, options: { dryRun: ['All'] }, body }).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.code >= 500) faults.push(`${JSON.stringify(object)}: ${String(error)}`);
      });
    }
  }
  assert.ok(tried > 1000, `only ${tried} objects`);
  assert.deepEqual(faults, []);
});
