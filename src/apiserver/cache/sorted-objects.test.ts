import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { SortedObjects } from './sorted-objects.ts';
import type { StoredObject } from './stored-object.ts';

const objectAt = (key: string, revision = 1) => ({ key, revision }) as StoredObject;
const keys = (objects: SortedObjects, start: string, end?: string) => [...objects.scan({ start, end })].map(({ key }) => key);

test('scan() and count() agree with a sorted array through thousands of random writes', () => {
  const rng = seededRng(7);
  const objects = new SortedObjects();
  const model = new Map<string, StoredObject>();
  for (let i = 0; i < 6000; i++) {
    const key = `/r/${String(rng.below(3000)).padStart(4, '0')}`;
    if (rng.next() < 0.3) {
      assert.equal(objects.delete(key), model.get(key));
      model.delete(key);
    } else {
      const object = objectAt(key, i);
      assert.equal(objects.set(object), model.get(key));
      model.set(key, object);
    }
    if (i % 500 !== 0) continue;
    const [from, to] = [rng.below(3000), rng.below(3000)].sort((a, b) => a - b).map((n) => `/r/${String(n).padStart(4, '0')}`) as [
      string,
      string,
    ];
    const expected = [...model.keys()].filter((one) => one >= from && one < to).sort();
    assert.deepEqual(keys(objects, from, to), expected);
    assert.equal(objects.count({ start: from, end: to }), expected.length);
  }
  assert.equal(objects.size, model.size);
  assert.deepEqual(keys(objects, '\0', '\0'), [...model.keys()].sort());
  for (const [key, object] of model) assert.equal(objects.get(key), object);
});

test('a range without an end is one key', () => {
  const objects = new SortedObjects();
  for (const key of ['a', 'ab', 'b']) objects.set(objectAt(key));
  assert.deepEqual(keys(objects, 'a'), ['a']);
  assert.deepEqual(keys(objects, 'aa'), []);
});

test('an empty collection has nothing to scan, also after its last object went', () => {
  const objects = new SortedObjects();
  assert.deepEqual(keys(objects, '\0', '\0'), []);
  objects.set(objectAt('a'));
  objects.delete('a');
  assert.deepEqual(keys(objects, '\0', '\0'), []);
  assert.equal(objects.count({ start: '\0', end: '\0' }), 0);
});
