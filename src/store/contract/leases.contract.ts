import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { LeaseExistsError, LeaseNotFoundError, LeaseTtlTooLargeError } from '../store.ts';
import { RecordedWatch } from './recorded-watch.ts';
import { contents, del, put } from './short-hand.ts';
import type { TestOnStore } from './store-under-test.ts';

/** Leases: granted, renewed, looked at, revoked, and over when their time is. */
export function leasesContract(name: string, it: TestOnStore): void {
  describe(`${name}: leases`, () => {
    it('grantLease() gives the id that was asked for, or a positive 63-bit one', async (store) => {
      assert.deepEqual(await store.grantLease(60, 42n), { id: 42n, ttlSeconds: 60 });
      const picked = await store.grantLease(60);
      assert.ok(picked.id > 0n && picked.id < 1n << 63n);
      assert.notEqual((await store.grantLease(60, 0n)).id, picked.id);
      assert.equal((await store.leases()).length, 3);
      assert.equal(store.revision, 1, 'a grant is not a write of a key');
    });

    it('grantLease() refuses an id in use and a TTL too large, and raises one too small', async (store) => {
      await store.grantLease(60, 42n);
      await assert.rejects(store.grantLease(60, 42n), LeaseExistsError);
      await assert.rejects(store.grantLease(9_000_000_001), LeaseTtlTooLargeError);
      assert.equal((await store.grantLease(9_000_000_000)).ttlSeconds, 9_000_000_000);
      assert.equal((await store.grantLease(1)).ttlSeconds, 2);
    });

    it('a lease that is not there is not found', async (store) => {
      await assert.rejects(store.revokeLease(1n), LeaseNotFoundError);
      await assert.rejects(store.keepLeaseAlive(1n), LeaseNotFoundError);
      await assert.rejects(store.leaseTimeToLive(1n), LeaseNotFoundError);
      await assert.rejects(put(store, 'a', '', 1n), LeaseNotFoundError);
      assert.equal(store.revision, 1);
    });

    it('leaseTimeToLive() tells what is left and which keys are attached, in order', async (store, clock) => {
      await store.grantLease(60, 42n);
      for (const key of ['c', 'a', 'b']) await put(store, key, '', 42n);
      await clock.advance(20_500);
      assert.deepEqual(await store.leaseTimeToLive(42n), { id: 42n, ttlSeconds: 60, remainingSeconds: 39, keys: ['a', 'b', 'c'] });
    });

    it('a put without the lease, with another one, or a delete detaches the key', async (store) => {
      await store.grantLease(60, 1n);
      await store.grantLease(60, 2n);
      for (const key of ['a', 'b', 'c', 'd']) await put(store, key, '', 1n);
      await put(store, 'a', '');
      await put(store, 'b', '', 2n);
      await del(store, 'c');
      assert.deepEqual((await store.leaseTimeToLive(1n)).keys, ['d']);
      assert.deepEqual((await store.leaseTimeToLive(2n)).keys, ['b']);
      await store.revokeLease(1n);
      assert.deepEqual(Object.keys(await contents(store)), ['a', 'b']);
    });

    it('revokeLease() deletes the keys in order at one revision, together with the lease', async (store) => {
      await store.grantLease(60, 42n);
      for (const key of ['c', 'a', 'b']) await put(store, key, '', 42n);
      const watch = new RecordedWatch(store);
      await store.revokeLease(42n);
      assert.deepEqual(watch.told, ['-a@5', '-b@5', '-c@5']);
      assert.equal(watch.batches.length, 1);
      assert.deepEqual(await store.leases(), []);
      assert.equal(store.revision, 5);
    });

    it('revoking a lease without keys does not move the revision', async (store) => {
      await store.grantLease(60, 42n);
      await store.revokeLease(42n);
      assert.equal(store.revision, 1);
      assert.deepEqual(await store.leases(), []);
    });

    it('a lease that is not renewed is over after its TTL, and its keys with it', async (store, clock) => {
      await store.grantLease(10, 42n);
      await put(store, 'a', '', 42n);
      await put(store, 'b', '');
      const watch = new RecordedWatch(store);
      await clock.advance(9_000);
      assert.deepEqual(Object.keys(await contents(store)), ['a', 'b']);
      await clock.advance(3_000);
      assert.deepEqual(await contents(store), { b: '' });
      assert.deepEqual(watch.told, ['-a@4']);
      await assert.rejects(store.leaseTimeToLive(42n), LeaseNotFoundError);
    });

    it('keepLeaseAlive() renews for the granted TTL', async (store, clock) => {
      await store.grantLease(10, 42n);
      await put(store, 'a', '', 42n);
      for (let i = 0; i < 5; i++) {
        await clock.advance(8_000);
        assert.equal(await store.keepLeaseAlive(42n), 10);
      }
      assert.equal((await store.leaseTimeToLive(42n)).remainingSeconds, 10);
      assert.deepEqual(await contents(store), { a: '' });
      await clock.advance(12_000);
      assert.deepEqual(await contents(store), {});
    });

    it('many leases are over each in its time', async (store, clock) => {
      for (let i = 1; i <= 50; i++) {
        await store.grantLease(i + 1, BigInt(i));
        await put(store, `k${i}`, '', BigInt(i));
      }
      await clock.advance(26_600);
      assert.deepEqual(
        (await store.leases()).sort((a, b) => Number(a - b)),
        Array.from({ length: 25 }, (_, i) => BigInt(26 + i)),
      );
      assert.equal(Object.keys(await contents(store)).length, 25);
    });

    it('an id may be granted again after it was revoked', async (store, clock) => {
      await store.grantLease(5, 42n);
      await store.revokeLease(42n);
      await store.grantLease(60, 42n);
      await put(store, 'a', '', 42n);
      await clock.advance(30_000);
      assert.deepEqual(await contents(store), { a: '' });
    });
  });
}
