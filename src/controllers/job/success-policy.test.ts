import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIndexes } from './indexes.ts';
import { successMessage } from './success-policy.ts';

test('a success policy is fulfilled by its indexes, or by as many of them as it asks for', () => {
  const rules = (...of: { succeededIndexes?: string; succeededCount?: number }[]) => ({ rules: of });
  assert.equal(successMessage(rules({ succeededIndexes: '1-3' }), readIndexes('1,3', 5), 5), undefined);
  assert.equal(
    successMessage(rules({ succeededIndexes: '4' }, { succeededIndexes: '1-3', succeededCount: 2 }), readIndexes('1,3', 5), 5),
    'Matched rules at index 1',
  );
  assert.equal(successMessage(rules({ succeededCount: 2 }), readIndexes('0,4', 5), 5), 'Matched rules at index 0');
  assert.equal(successMessage(undefined, readIndexes('0-4', 5), 5), undefined);
});
