import assert from 'node:assert/strict';
import { describe } from 'node:test';
import {
  DuplicateKeyError,
  FutureRevisionError,
  KeyNotFoundError,
  LeaseNotFoundError,
  LeaseProvidedError,
  ValueProvidedError,
  prefixRange,
  type Compare,
  type Op,
} from '../store.ts';
import type { TestOnStore } from './store-under-test.ts';
import { bytes, getOp, keysIn, put } from './short-hand.ts';

/** Compares, branches, and all or nothing. */
export function transactionsContract(name: string, it: TestOnStore): void {
  describe(`${name}: transactions`, () => {
    it('all compares must hold for the success branch', async (store) => {
      await put(store, 'a', 'v');
      const missing: Compare = { key: 'b', is: '=', target: 'mod', to: 0 };
      const match: Compare = { key: 'a', is: '=', target: 'mod', to: 2 };
      const wrong: Compare = { key: 'a', is: '>', target: 'mod', to: 2 };
      const success: Op[] = [{ op: 'put', key: 'won', value: bytes('') }];
      const failure = [getOp('a')];
      assert.equal((await store.txn({ compare: [missing, match], success, failure })).succeeded, true);
      const lost = await store.txn({ compare: [missing, wrong], success, failure });
      assert.equal(lost.succeeded, false);
      assert.equal(lost.revision, 3);
      const [answer] = lost.results;
      assert.ok(answer?.op === 'range');
      assert.deepEqual(keysIn(answer.entries), ['a']);
    });

    it('compares look at version, create and mod revision, lease and value, with each relation', async (store) => {
      const lease = await store.grantLease(60, 7n);
      await put(store, 'a', 'm', lease.id);
      await put(store, 'a', 'm', lease.id);
      const holds = async (compare: Omit<Compare, 'key'>) =>
        (await store.txn({ compare: [{ key: 'a', ...compare } as Compare] })).succeeded;
      const numbers = { version: 2, create: 2, mod: 3 } as const;
      for (const target of ['version', 'create', 'mod'] as const) {
        const to = numbers[target];
        assert.equal(await holds({ target, is: '=', to }), true);
        assert.equal(await holds({ target, is: '!=', to }), false);
        assert.equal(await holds({ target, is: '<', to: to + 1 }), true);
        assert.equal(await holds({ target, is: '<', to }), false);
        assert.equal(await holds({ target, is: '>', to: to - 1 }), true);
        assert.equal(await holds({ target, is: '>', to }), false);
      }
      assert.equal(await holds({ target: 'lease', is: '=', to: 7n }), true);
      assert.equal(await holds({ target: 'lease', is: '>', to: 7n }), false);
      for (const [is, to, so] of [
        ['=', 'm', true],
        ['!=', 'm', false],
        ['<', 'n', true],
        ['<', 'm', false],
        ['>', 'l', true],
        ['>', 'mm', false],
        ['<', 'mm', true],
      ] as const)
        assert.equal(await holds({ target: 'value', is, to: bytes(to) }), so, `value ${is} ${to}`);
    });

    it('a missing key compares as zeros, and its value as nothing', async (store) => {
      const holds = async (compare: Compare) => (await store.txn({ compare: [compare] })).succeeded;
      assert.equal(await holds({ key: 'a', target: 'version', is: '=', to: 0 }), true);
      assert.equal(await holds({ key: 'a', target: 'create', is: '<', to: 1 }), true);
      assert.equal(await holds({ key: 'a', target: 'lease', is: '=', to: 0n }), true);
      assert.equal(await holds({ key: 'a', target: 'value', is: '=', to: bytes('') }), false);
      assert.equal(await holds({ key: 'a', target: 'value', is: '!=', to: bytes('x') }), false);
    });

    it('a compare over a range must hold for every key of it', async (store) => {
      await put(store, 'p/a', 'x');
      await put(store, 'p/b', 'x');
      const every = async (to: number, prefix = 'p/') => {
        const { start: key, end } = prefixRange(prefix);
        return (await store.txn({ compare: [{ key, end, target: 'mod', is: '<', to }] })).succeeded;
      };
      assert.equal(await every(4), true);
      assert.equal(await every(3), false);
      assert.equal(await every(1, 'none/'), true);
      assert.equal(await every(0, 'none/'), false);
    });

    it('all writes of a transaction get one revision; a range inside sees the ones before it', async (store) => {
      await put(store, 'old', '');
      const { revision, results } = await store.txn({
        success: [
          getOp('a'),
          { op: 'put', key: 'a', value: bytes('1') },
          { op: 'range', range: prefixRange('') },
          { op: 'delete', range: { start: 'old' } },
          { op: 'range', range: prefixRange('') },
        ],
      });
      assert.equal(revision, 3);
      assert.deepEqual(
        results.map((result) => (result.op === 'range' ? keysIn(result.entries) : result.op)),
        [[], 'put', ['a', 'old'], 'delete', ['a']],
      );
      assert.equal((await store.get('a'))?.modRevision, 3);
    });

    it('prevKv gives back what a put or delete took the place of', async (store) => {
      const first = await store.txn({ success: [{ op: 'put', key: 'a', value: bytes('1'), prevKv: true }] });
      assert.deepEqual(first.results, [{ op: 'put' }]);
      const was = await store.get('a');
      const second = await store.txn({ success: [{ op: 'put', key: 'a', value: bytes('2'), prevKv: true }] });
      assert.deepEqual(second.results, [{ op: 'put', previous: was }]);
      const now = await store.get('a');
      const third = await store.txn({ success: [{ op: 'delete', range: prefixRange(''), prevKv: true }] });
      assert.deepEqual(third.results, [{ op: 'delete', deleted: 1, previous: [now] }]);
    });

    it('ignoreValue and ignoreLease keep what is there, and need a key that is', async (store) => {
      await store.grantLease(60, 7n);
      await put(store, 'a', 'kept', 7n);
      await store.txn({ success: [{ op: 'put', key: 'a', ignoreValue: true }] });
      assert.deepEqual([(await store.get('a'))?.value, (await store.get('a'))?.lease], [bytes('kept'), 0n]);
      await put(store, 'a', 'kept', 7n);
      await store.txn({ success: [{ op: 'put', key: 'a', value: bytes('new'), ignoreLease: true }] });
      assert.deepEqual([(await store.get('a'))?.value, (await store.get('a'))?.lease], [bytes('new'), 7n]);
      await assert.rejects(store.txn({ success: [{ op: 'put', key: 'b', ignoreValue: true }] }), KeyNotFoundError);
      await assert.rejects(store.txn({ success: [{ op: 'put', key: 'b', value: bytes(''), ignoreLease: true }] }), KeyNotFoundError);
      await assert.rejects(store.txn({ success: [{ op: 'put', key: 'a', value: bytes('x'), ignoreValue: true }] }), ValueProvidedError);
      await assert.rejects(
        store.txn({ success: [{ op: 'put', key: 'a', value: bytes('x'), lease: 7n, ignoreLease: true }] }),
        LeaseProvidedError,
      );
    });

    it('nested transactions choose by what was there before, and share the revision', async (store) => {
      await put(store, 'a', '');
      const { revision, results } = await store.txn({
        success: [
          { op: 'put', key: 'b', value: bytes('') },
          {
            op: 'txn',
            txn: {
              compare: [{ key: 'b', target: 'version', is: '=', to: 0 }],
              success: [{ op: 'put', key: 'c', value: bytes('') }],
              failure: [{ op: 'delete', range: { start: 'a' } }],
            },
          },
        ],
      });
      assert.deepEqual(results, [{ op: 'put' }, { op: 'txn', result: { succeeded: true, revision, results: [{ op: 'put' }] } }]);
      assert.equal((await store.get('c'))?.modRevision, (await store.get('b'))?.modRevision);
      assert.equal(revision, 3);
    });

    it('a key is written once in a transaction', async (store) => {
      const write: Op = { op: 'put', key: 'a', value: bytes('') };
      const nested: Op = { op: 'txn', txn: { success: [write] } };
      const either: Op = { op: 'txn', txn: { success: [write], failure: [write] } };
      await assert.rejects(store.txn({ success: [write, write] }), DuplicateKeyError);
      await assert.rejects(store.txn({ failure: [write, write] }), DuplicateKeyError);
      await assert.rejects(store.txn({ success: [{ op: 'delete', range: prefixRange('a') }, write] }), DuplicateKeyError);
      await assert.rejects(store.txn({ success: [write, nested] }), DuplicateKeyError);
      await assert.rejects(store.txn({ success: [nested, nested] }), DuplicateKeyError);
      await assert.rejects(store.txn({ success: [either, nested] }), DuplicateKeyError);
      await assert.rejects(store.txn({ success: [{ op: 'delete', range: { start: 'a' } }, nested] }), DuplicateKeyError);
      assert.equal(store.revision, 1);
      await store.txn({ success: [write, { op: 'delete', range: { start: 'b' } }], failure: [write] });
      await store.txn({ success: [either] });
      assert.equal(store.revision, 3);
    });

    it('a transaction that fails in one op does nothing at all', async (store) => {
      const write: Op = { op: 'put', key: 'a', value: bytes('') };
      await assert.rejects(store.txn({ success: [write, { op: 'put', key: 'b', value: bytes(''), lease: 9n }] }), LeaseNotFoundError);
      await assert.rejects(store.txn({ success: [write, getOp('b', { at: 5 })] }), FutureRevisionError);
      await assert.rejects(
        store.txn({ success: [write, { op: 'txn', txn: { success: [{ op: 'put', key: 'b', ignoreValue: true }] } }] }),
        KeyNotFoundError,
      );
      assert.equal(store.revision, 1);
      assert.equal(await store.get('a'), undefined);
    });

    it('of many writers that compare the same, one wins', async (store) => {
      const compare: Compare[] = [{ key: 'lock', target: 'create', is: '=', to: 0 }];
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          store.txn({ compare, success: [{ op: 'put', key: 'lock', value: bytes(String(i)) }], failure: [getOp('lock')] }),
        ),
      );
      assert.deepEqual(
        results.map((result) => result.succeeded),
        [true, ...Array.from({ length: 19 }, () => false)],
      );
      assert.equal(store.revision, 2);
    });
  });
}
