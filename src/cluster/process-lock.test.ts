import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive, lockOwner, LockedError, takeLock, thisProcess, waitForLock } from './process-lock.ts';

const path = () => join(mkdtempSync(join(tmpdir(), 'slipway-lock-')), 'lock');

test('a held lock is refused with its owner', () => {
  const lock = path();
  using _ = takeLock(lock);
  assert.throws(
    () => takeLock(lock),
    (error) => error instanceof LockedError && error.owner.pid === process.pid,
  );
  assert.deepEqual(lockOwner(lock), thisProcess());
});

test('a released lock is gone', () => {
  const lock = path();
  takeLock(lock)[Symbol.dispose]();
  assert.equal(existsSync(lock), false);
});

test('the lock of a dead process is taken over', () => {
  const lock = path();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(lock, JSON.stringify({ pid, startTicks: '1' }));
  using _ = takeLock(lock);
  assert.equal(lockOwner(lock)?.pid, process.pid);
});

test('a pid that now belongs to another process is not the owner', () => {
  assert.equal(isAlive({ pid: process.pid, startTicks: '1' }), false);
  assert.equal(isAlive(thisProcess()), true);
});

test('a lock file that makes no sense is nobody’s', () => {
  const lock = path();
  writeFileSync(lock, 'half');
  using _ = takeLock(lock);
  assert.equal(lockOwner(lock)?.pid, process.pid);
});

test('waiting ends when the lock is let go, or with its owner’s name', async () => {
  const lock = path();
  const held = takeLock(lock);
  await assert.rejects(waitForLock(lock, 60), LockedError);
  setTimeout(() => held[Symbol.dispose](), 60);
  using _ = await waitForLock(lock, 5000);
});
