import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorText } from '../field-error.ts';
import { validateLabelSelector } from './label-selector.ts';

test('validateLabelSelector() wants values exactly where the operator takes some', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'a', operator: 'In' },
      { key: 'b', operator: 'Exists', values: ['x'] },
      { key: 'c', operator: 'Gt', values: ['1'] },
      { key: 'd', operator: 'NotIn', values: ['fine'] },
    ],
  };
  assert.deepEqual(validateLabelSelector(selector, {}, 'spec.selector').map(fieldErrorText), [
    "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    'spec.selector.matchExpressions[2].operator: Invalid value: "Gt": not a valid selector operator',
  ]);
});

test('validateLabelSelector() lets stored selectors keep values that are no label values', () => {
  const selector = { matchExpressions: [{ key: 'a', operator: 'In', values: ['-'] }] };
  assert.equal(validateLabelSelector(selector, {}, 's')[0]!.field, 's.matchExpressions[0].values[0]');
  assert.deepEqual(validateLabelSelector(selector, { allowInvalidValues: true }, 's'), []);
  assert.deepEqual(validateLabelSelector(undefined, {}, 's'), []);
});
