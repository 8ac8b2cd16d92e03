import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { KeyTree, type KeyTreeView } from './key-tree.ts';

function keysOf(tree: KeyTreeView<number>, start = '', end = '\0'): string[] {
  const keys: string[] = [];
  tree.scan({ start, end }, (_, key) => void keys.push(key));
  return keys;
}

test('a tree under random sets and deletes reads like a sorted map', () => {
  const rng = seededRng(7);
  const tree = new KeyTree<number>();
  const model = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const key = `k${rng.below(3000)}`;
    if (rng.below(3) > 0) {
      tree.set(key, i);
      model.set(key, i);
    } else {
      tree.delete(key);
      model.delete(key);
    }
  }
  assert.deepEqual(keysOf(tree), [...model.keys()].sort());
  for (const [key, value] of model) assert.equal(tree.get(key), value);
  const between = [...model.keys()].filter((key) => key >= 'k12' && key < 'k2').sort();
  assert.deepEqual(keysOf(tree, 'k12', 'k2'), between);
});

test('a view keeps showing what was there when it was taken', () => {
  const rng = seededRng(8);
  const tree = new KeyTree<number>();
  for (let i = 0; i < 1000; i++) tree.set(`k${i}`, i);
  const before = keysOf(tree);
  const view = tree.view();
  for (let i = 0; i < 1000; i++) {
    if (i % 3 === 0) tree.delete(`k${i}`);
    else tree.set(`k${i}`, -1);
    tree.set(`new${rng.below(1000)}`, i);
  }
  assert.deepEqual(keysOf(view), before);
  assert.equal(view.get('k999'), 999);
  assert.equal(view.get('k1'), 1);
  assert.equal(tree.get('k1'), -1);
});

test('scan() stops when the visitor has seen enough, and finds nothing in an empty or backward range', () => {
  const tree = new KeyTree<number>();
  for (let i = 100; i < 400; i++) tree.set(String(i), i);
  const seen: number[] = [];
  tree.scan({ start: '150', end: '\0' }, (value) => {
    seen.push(value);
    return seen.length < 3;
  });
  assert.deepEqual(seen, [150, 151, 152]);
  assert.deepEqual(keysOf(tree, '300', '200'), []);
  assert.deepEqual(keysOf(tree, '3000', '3001'), []);
});

test('a tree that was emptied takes keys again', () => {
  const tree = new KeyTree<number>();
  for (let i = 0; i < 500; i++) tree.set(`k${i}`, i);
  for (let i = 0; i < 500; i++) tree.delete(`k${i}`);
  assert.deepEqual(keysOf(tree), []);
  tree.set('a', 1);
  assert.deepEqual(keysOf(tree), ['a']);
});
