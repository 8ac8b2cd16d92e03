import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { Leases } from '../leases.ts';
import { prefixRange } from '../store.ts';
import { ChangeWriter } from './change-writer.ts';
import { MvccState } from './mvcc-state.ts';

const noLeases = new Leases(new VirtualClock({ turn: async () => {} }), seededRng(1), () => {});

function write(state: MvccState, key: string, value: string | undefined): void {
  const writer = new ChangeWriter(state, noLeases);
  if (value === undefined) writer.delete(state.newest(key)!);
  else writer.put(key, new TextEncoder().encode(value), 0n);
  state.commit({ revision: writer.revision, events: writer.events });
}

test('after compacting everything only what is there takes memory', () => {
  const state = new MvccState();
  const rng = seededRng(5);
  for (let i = 0; i < 2000; i++) {
    const key = `k${rng.below(50)}`;
    write(state, key, rng.below(4) === 0 && state.newest(key) ? undefined : 'x'.repeat(rng.below(100)));
    if (i % 100 === 99) state.compact(state.head - rng.below(3));
  }
  state.compact(state.head);
  const fresh = new MvccState();
  for (const { key, value } of state.list(prefixRange(''), state.head, {}).entries) write(fresh, key, new TextDecoder().decode(value));
  assert.equal(state.bytes, fresh.bytes);
  assert.equal(state.keys, fresh.keys);
});

test('a read at any revision since the compaction sees what was there then', () => {
  const state = new MvccState();
  const rng = seededRng(6);
  const snapshots = new Map<number, string[]>([[1, []]]);
  const live = new Map<string, string>();
  for (let i = 0; i < 500; i++) {
    const key = `k${rng.below(20)}`;
    const gone = live.has(key) && rng.below(3) === 0;
    write(state, key, gone ? undefined : String(i));
    if (gone) live.delete(key);
    else live.set(key, String(i));
    snapshots.set(state.head, [...live].map(([key, value]) => `${key}=${value}`).sort());
    if (i === 250) state.compact(100);
  }
  for (let revision = 100; revision <= state.head; revision++) {
    const { entries } = state.list(prefixRange(''), revision, {});
    assert.deepEqual(entries.map(({ key, value }) => `${key}=${new TextDecoder().decode(value)}`).sort(), snapshots.get(revision));
  }
});
