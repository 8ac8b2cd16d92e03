import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentValue, scaledIntOrPercent, validateNonNegativeIntOrPercent, validateNotMoreThan100Percent } from './int-or-string.ts';

test('scaledIntOrPercent() takes a share, rounded as asked, and numbers as they are', () => {
  assert.equal(scaledIntOrPercent('25%', 10, 'up'), 3);
  assert.equal(scaledIntOrPercent('25%', 10, 'down'), 2);
  assert.equal(scaledIntOrPercent(4, 10, 'up'), 4);
});

test('scaledIntOrPercent() refuses other texts in upstream words', () => {
  assert.throws(() => scaledIntOrPercent('http', 1, 'up'), {
    message: 'invalid value for IntOrString: invalid type: string is not a percentage',
  });
  assert.throws(() => scaledIntOrPercent('x%', 1, 'up'), {
    message: 'invalid value for IntOrString: invalid value "x%": strconv.Atoi: parsing "x": invalid syntax',
  });
});

test('percentages are seen as such only when whole', () => {
  assert.equal(percentValue('7%'), 7);
  assert.equal(percentValue('7'), undefined);
  assert.equal(percentValue(7), undefined);
});

test('limits are neither negative nor above everything', () => {
  assert.equal(validateNonNegativeIntOrPercent(-1, 'p')[0]!.detail, 'must be greater than or equal to 0');
  assert.deepEqual(validateNonNegativeIntOrPercent('0%', 'p'), []);
  assert.equal(validateNonNegativeIntOrPercent('x', 'p').length, 1);
  assert.equal(validateNotMoreThan100Percent('101%', 'p')[0]!.detail, 'must not be greater than 100%');
  assert.deepEqual(validateNotMoreThan100Percent(101, 'p'), []);
});
