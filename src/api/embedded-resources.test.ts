import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateEmbeddedResources } from './embedded-resources.ts';
import { fieldErrorText } from './field-error.ts';
import type { JSONSchemaProps } from './generated/apiextensions/v1.ts';

const schema: JSONSchemaProps = {
  type: 'object',
  properties: {
    templates: {
      type: 'array',
      items: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
};
const problemsOf = (...templates: unknown[]) => validateEmbeddedResources({ templates }, schema).map(fieldErrorText);

test('an embedded resource says what it is', () => {
  assert.deepEqual(problemsOf({ apiVersion: 'apps/v1', kind: 'Deployment' }), []);
  assert.deepEqual(problemsOf({}), ['templates[0].apiVersion: Required value', 'templates[0].kind: Required value']);
  assert.deepEqual(problemsOf({ apiVersion: 'a/b/c', kind: '' }), [
    'templates[0].apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
    'templates[0].kind: Invalid value: "": must not be empty',
  ]);
});

test('its metadata is in order', () => {
  const withMetadata = (metadata: unknown) => problemsOf({ apiVersion: 'v1', kind: 'Pod', metadata });
  assert.deepEqual(withMetadata({ labels: { a: 'b' } }), []);
  assert.deepEqual(withMetadata({ name: 'a/b' }), ['templates[0].metadata.name: Invalid value: "a/b": may not contain \'/\'']);
});
