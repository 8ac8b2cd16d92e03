import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  milliQuantity,
  milliValue,
  parseQuantity,
  quantityOf,
  QuantityError,
  quantityText,
  scaledValue,
  subtractQuantities,
  value,
} from './quantity.ts';

const canonical: readonly [written: string, text: string][] = [
  ['1', '1'],
  ['0.1', '100m'],
  ['1.5', '1500m'],
  ['1000m', '1'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['1000Mi', '1000Mi'],
  ['0.5Ki', '512'],
  ['1.1Ki', '1126400m'],
  ['1e3', '1e3'],
  ['10e2', '1e3'],
  ['1E', '1E'],
  ['100000000000k', '100T'],
  ['1e-3', '1e-3'],
  ['-1.5Gi', '-1536Mi'],
  ['0Gi', '0'],
  ['00', '0'],
  ['.5', '500m'],
  ['5.', '5.'],
  // Kept as they came, by upstream's short cut.
  ['+5', '+5'],
  ['1.500', '1.500'],
  // Rounded away from zero to a billionth, and a binary number never beyond an int64.
  ['0.0000000001', '1n'],
  ['-0.0000000001', '-1n'],
  ['16Ei', '9223372036854775807'],
  ['12345678901234567890', '12345678901234567890'],
];

for (const [written, text] of canonical) {
  test(`canonicalQuantity('${written}') is '${text}'`, () => assert.equal(canonicalQuantity(written), text));
}

const badShape = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const refused: readonly [written: string, sentence: string][] = [
  ['', badShape],
  ['aoeu', badShape],
  ['1.2.3', badShape],
  ['1 ', badShape],
  ['1i', "unable to parse quantity's suffix"],
  ['0.1mi', "unable to parse quantity's suffix"],
  ['1e', "unable to parse quantity's suffix"],
  ['1ki', "unable to parse quantity's suffix"],
];

for (const [written, sentence] of refused) {
  test(`parseQuantity('${written}') is refused`, () => {
    assert.throws(
      () => parseQuantity(written),
      (error) => error instanceof QuantityError && error.message === sentence,
    );
  });
}

test('value() and milliValue() round up', () => {
  assert.equal(value(parseQuantity('100m')), 1);
  assert.equal(value(parseQuantity('1.5Gi')), 1610612736);
  assert.equal(milliValue(parseQuantity('1u')), 1);
  assert.equal(milliValue(parseQuantity('-1500u')), -2);
  assert.equal(scaledValue(parseQuantity('1e30'), 0), 2n ** 63n - 1n);
});

test('huge exponents are compared and added without being written out', () => {
  const huge = parseQuantity('1e999999999');
  assert.equal(compareQuantities(huge, parseQuantity('1Ei')), 1);
  assert.equal(compareQuantities(parseQuantity('-1e999999999'), huge), -1);
  assert.equal(quantityText(addQuantities(huge, quantityOf(1))), '1e999999999');
});

test('addQuantities() keeps the first format, unless the first is zero', () => {
  assert.equal(quantityText(addQuantities(parseQuantity('1Gi'), parseQuantity('1G'))), '2073741824');
  assert.equal(quantityText(addQuantities(parseQuantity('512Mi'), parseQuantity('512Mi'))), '1Gi');
  assert.equal(quantityText(addQuantities(parseQuantity('0'), parseQuantity('1Ki'))), '1Ki');
  assert.equal(quantityText(subtractQuantities(parseQuantity('1'), parseQuantity('250m'))), '750m');
});

const anyQuantity = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'e3', 'u'))
  .map(([number, suffix]) => `${number}${suffix}`);

test('canonical text is stable and means the same', () => {
  fc.assert(
    fc.property(anyQuantity, (written) => {
      const text = canonicalQuantity(written);
      assert.equal(canonicalQuantity(text), text);
      assert.equal(compareQuantities(parseQuantity(text), parseQuantity(written)), 0);
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('compareQuantities() agrees with the sign of the difference', () => {
  fc.assert(
    fc.property(anyQuantity, anyQuantity, (left, right) => {
      const [a, b] = [parseQuantity(left), parseQuantity(right)];
      const difference = subtractQuantities(a, b);
      assert.equal(compareQuantities(a, b), compareQuantities(difference, milliQuantity(0)));
    }),
    { numRuns: 300, seed: 7 },
  );
});
