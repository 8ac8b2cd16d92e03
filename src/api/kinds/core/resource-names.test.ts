import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuantity } from '../../quantity.ts';
import { isExtendedResource, isIntegerResource, isNativeResource, isOvercommitAllowed, isWholeHugePages } from './resource-names.ts';

const kinds: readonly (readonly [name: string, native: boolean, extended: boolean, overcommit: boolean, integer: boolean])[] = [
  ['cpu', true, false, true, false],
  ['hugepages-2Mi', true, false, false, false],
  ['pods', true, false, true, true],
  ['kubernetes.io/batteries', true, false, true, false],
  ['example.com/gpu', false, true, false, true],
  ['requests.example.com/gpu', false, false, false, false],
  [`example.com/${'x'.repeat(64)}`, false, false, false, false],
];

for (const [name, native, extended, overcommit, integer] of kinds) {
  test(`${name.slice(0, 30)} is known by its name`, () => {
    assert.deepEqual(
      [isNativeResource(name), isExtendedResource(name), isOvercommitAllowed(name), isIntegerResource(name)],
      [native, extended, overcommit, integer],
    );
  });
}

test('isWholeHugePages() reads the page size off the name', () => {
  assert.equal(isWholeHugePages('hugepages-2Mi', parseQuantity('4Mi')), true);
  assert.equal(isWholeHugePages('hugepages-2Mi', parseQuantity('3Mi')), false);
  assert.equal(isWholeHugePages('hugepages-', parseQuantity('1')), false);
  assert.equal(isWholeHugePages('hugepages-0', parseQuantity('1')), false);
});
