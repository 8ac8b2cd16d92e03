import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, JSONSchemaProps } from '../../generated/apiextensions/v1.ts';
import { definitionWarnings } from './definition-warnings.ts';

const withFields = (properties: Record<string, JSONSchemaProps>): CustomResourceDefinition => ({
  metadata: { name: 'gears.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural: 'gears', kind: 'Gear' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties } } }],
  },
  status: {},
});

test('formats that nobody checks are warned of when they are new', () => {
  const odd = withFields({
    a: { type: 'string', format: 'date-time' },
    b: { type: 'string', format: 'odd' },
    c: { type: 'integer', format: 'uuid' },
  });
  assert.deepEqual(definitionWarnings(odd), ['unrecognized format "odd"', 'unrecognized format "uuid"']);
  assert.deepEqual(definitionWarnings(odd, odd), []);
});

test('sets of objects are warned of once', () => {
  const list: JSONSchemaProps = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } };
  assert.deepEqual(definitionWarnings(withFields({ a: list, b: list })), [
    'x-kubernetes-list-type: set for items of type "object" is not supported by server-side apply or CEL validation rules',
  ]);
});
