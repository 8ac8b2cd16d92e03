import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../base/log.ts';
import { trialStorages } from '../cache/trial.ts';
import { startCompactor } from './compactor.ts';

const write = (key: string) => ({ success: [{ op: 'put', key, value: new Uint8Array([1]) } as const] });

test('history stays for one interval, and is gone after two', async () => {
  const { store, clock } = trialStorages();
  const stop = startCompactor(store, clock, silentLog, 1000);
  await store.txn(write('a'));
  const old = store.revision;
  await store.txn(write('a'));
  await clock.advance(1000);
  await store.list({ start: 'a' }, { at: old });
  await store.txn(write('a'));
  await clock.advance(1000);
  await assert.rejects(store.list({ start: 'a' }, { at: old }), { name: 'CompactedError' });
  await store.list({ start: 'a' }, { at: old + 1 });
  stop();
});

test('after it is stopped nothing is compacted any more', async () => {
  const { store, clock } = trialStorages();
  const stop = startCompactor(store, clock, silentLog, 1000);
  stop();
  await store.txn(write('a'));
  await clock.advance(10_000);
  assert.equal(store.compactRevision, 0);
});
