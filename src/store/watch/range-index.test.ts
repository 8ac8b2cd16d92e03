import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { rangeContains } from '../key-range.ts';
import type { KeyRange } from '../store.ts';
import { RangeIndex } from './range-index.ts';

test('forEachHolding() finds exactly the ranges that hold the key, while ranges come and go', () => {
  const rng = seededRng(3);
  const index = new RangeIndex<number>();
  const model = new Map<number, KeyRange>();
  const key = () => String.fromCharCode(97 + rng.below(6), 97 + rng.below(6));
  const range = (): KeyRange => {
    const shape = rng.below(10);
    if (shape < 4) return { start: key() };
    return { start: key(), end: shape === 4 ? '\0' : key() };
  };
  for (let id = 0; id < 2000; id++) {
    if (rng.below(3) > 0) {
      const wanted = range();
      model.set(id, wanted);
      index.add(wanted, id);
    } else {
      const victim = rng.below(id + 1);
      const gone = model.get(victim);
      if (gone) index.remove(gone, victim);
      model.delete(victim);
    }
    if (id % 7 > 0) continue;
    const probe = key();
    const found: number[] = [];
    index.forEachHolding(probe, (item) => found.push(item));
    const expected = [...model].filter(([, range]) => rangeContains(range, probe)).map(([item]) => item);
    assert.deepEqual(
      found.sort((a, b) => a - b),
      expected,
    );
  }
});

test('the same range may be asked for by many, each found once', () => {
  const index = new RangeIndex<string>();
  index.add({ start: 'a', end: 'b' }, 'one');
  index.add({ start: 'a', end: 'b' }, 'two');
  index.add({ start: 'aa' }, 'three');
  const found: string[] = [];
  index.forEachHolding('aa', (item) => found.push(item));
  assert.deepEqual(found.sort(), ['one', 'three', 'two']);
  index.remove({ start: 'a', end: 'b' }, 'one');
  index.forEachHolding('ab', (item) => found.push(item));
  assert.equal(found.at(-1), 'two');
});
