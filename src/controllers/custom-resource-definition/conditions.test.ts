import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition } from '../../api/generated/apiextensions/v1.ts';
import { conditionOf, withCondition, withoutCondition } from './conditions.ts';
import { nonStructuralCondition } from './policies.ts';

const bare: CustomResourceDefinition = {
  metadata: { name: 'gears.example.com' },
  spec: { group: 'example.com', scope: 'Cluster', names: { plural: 'gears', kind: 'Gear' }, versions: [] },
  status: {},
};
const established = (status: string, reason: string) => ({ type: 'Established', status, reason, message: '' });

test('withCondition() moves the time only with the status, and leaves its argument alone', () => {
  const first = withCondition(bare, established('False', 'Installing'), 1000);
  const again = withCondition(first, established('False', 'NotAccepted'), 5000);
  assert.deepEqual(conditionOf(again, 'Established'), {
    ...established('False', 'NotAccepted'),
    lastTransitionTime: '1970-01-01T00:00:01Z',
  });
  const done = withCondition(again, established('True', 'InitialNamesAccepted'), 5000);
  assert.equal(conditionOf(done, 'Established')?.lastTransitionTime, '1970-01-01T00:00:05Z');
  assert.deepEqual(bare.status, {});
});

test('withoutCondition() leaves the others', () => {
  const both = withCondition(withCondition(bare, established('True', 'x'), 0), { ...established('True', 'y'), type: 'Terminating' }, 0);
  assert.deepEqual(
    withoutCondition(both, 'Established').status?.conditions?.map(({ type }) => type),
    ['Terminating'],
  );
});

test('a schema that is not structural is told of', () => {
  const withSchema = (openAPIV3Schema: object) =>
    nonStructuralCondition({
      ...bare,
      spec: { ...bare.spec, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }] },
    });
  assert.equal(withSchema({ type: 'object' }), undefined);
  assert.deepEqual(withSchema({ type: 'object', properties: { spec: {} } }), {
    type: 'NonStructuralSchema',
    status: 'True',
    reason: 'Violations',
    message: 'spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields',
  });
});
