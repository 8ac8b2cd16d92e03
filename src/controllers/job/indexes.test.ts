import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countShared, hasIndex, indexesOf, indexesText, lowestFree, readIndexes, union } from './indexes.ts';

describe('indexes of a job', () => {
  test('are written as intervals, two in a row as two', () => {
    assert.equal(indexesText(indexesOf([5, 0, 1, 3, 4, 3, 9, 10])), '0,1,3-5,9,10');
    assert.equal(indexesText(readIndexes('0,2-4,x,6-9', 8)), '0,2-4,6,7');
    assert.deepEqual(readIndexes('', 5), []);
  });

  test('unite, intersect and are found', () => {
    const some = union(readIndexes('0-2,7', 10), readIndexes('3,5', 10));
    assert.equal(indexesText(some), '0-3,5,7');
    assert.equal(countShared(some, readIndexes('2-5', 10)), 3);
    assert.deepEqual([hasIndex(some, 3), hasIndex(some, 4), hasIndex(some, 8)], [true, false, false]);
  });

  test('the lowest free ones come first, and none beyond the completions', () => {
    assert.deepEqual(lowestFree(readIndexes('0,2,3', 10), 3, 6), [1, 4, 5]);
    assert.deepEqual(lowestFree(readIndexes('0-5', 6), 3, 6), []);
    assert.deepEqual(lowestFree([], 2, 6), [0, 1]);
  });
});
