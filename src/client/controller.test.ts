import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Env } from '../base/env.ts';
import { silentLog } from '../base/log.ts';
import { seededCrypto } from '../base/seeded-crypto.ts';
import { seededRng } from '../base/rng.ts';
import type { ConfigMap as ConfigMapObject } from '../api/generated/core/v1.ts';
import { ConfigMap } from '../api/kinds/core/configmap.ts';
import { Secret } from '../api/kinds/core/secret.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { defineController, runController, Terminal, watchOf, type Controller } from './controller.ts';
import { Informers } from './informers.ts';

let plane: VirtualControlPlane;
let stop: AbortController;
const namespace = 'default';

describe('client controller', () => {
  beforeEach(async () => {
    plane = await startVirtualControlPlane();
    stop = new AbortController();
  });
  afterEach(() => {
    stop.abort();
    plane[Symbol.dispose]();
  });

  /** Runs it over the ConfigMaps that are named `one`. */
  async function run(controller: Pick<Controller<ConfigMapObject>, 'reconcile'> & Partial<Controller<ConfigMapObject>>): Promise<void> {
    const rng = seededRng(1);
    const env: Env = { clock: plane.clock, rng, crypto: seededCrypto(rng), log: silentLog, signal: stop.signal };
    const { reconcile, ...more } = controller;
    const mine: Controller<ConfigMapObject> = {
      name: 'test',
      for: ConfigMap,
      ...more,
      reconcile: async (object, context) => (object.metadata.name === 'one' ? reconcile(object, context) : undefined),
    };
    await runController(defineController(mine), plane.client, new Informers(plane.client, env), env);
    await plane.clock.settle();
  }

  const make = (data: Record<string, string> = {}) => plane.client.create(ConfigMap, { metadata: { name: 'one', namespace }, data });
  const set = (data: Record<string, string>) => plane.client.patch(ConfigMap, { namespace, name: 'one' }, 'merge', { data });

  test('an object is handled as it is now: first, and after each change', async () => {
    await make({ k: '1' });
    const seen: (string | undefined)[] = [];
    await run({
      async reconcile(object) {
        seen.push(object.data?.['k']);
      },
    });
    await set({ k: '2' });
    await plane.clock.settle();
    assert.deepEqual(seen, ['1', '2']);
  });

  test('an update that a watch ignores wakes none; what comes and goes always does', async () => {
    await make();
    await plane.client.create(ConfigMap, { metadata: { name: 'other', namespace }, data: { k: '1' } });
    let handled = 0;
    await run({
      watches: [
        watchOf(
          ConfigMap,
          ({ metadata }) => (metadata.name === 'other' ? [`${namespace}/one`] : []),
          (old, now) => old.data?.['k'] === now.data?.['k'],
        ),
      ],
      async reconcile() {
        handled++;
      },
    });
    const first = handled;
    const other = { namespace, name: 'other' };
    await plane.client.patch(ConfigMap, other, 'merge', { data: { beside: 'x' } });
    await plane.clock.settle();
    assert.equal(handled, first);
    await plane.client.patch(ConfigMap, other, 'merge', { data: { k: '2' } });
    await plane.clock.settle();
    assert.equal(handled, first + 1);
    await plane.client.delete(ConfigMap, other);
    await plane.clock.settle();
    assert.equal(handled, first + 2);
  });

  test('after a write of its own the next look shows that write', async () => {
    await make({ count: '0' });
    const seen: string[] = [];
    await run({
      async reconcile(object, { client }) {
        const count = object.data?.['count'] ?? '';
        seen.push(count);
        if (Number(count) < 3) await client.update(ConfigMap, { ...object, data: { count: String(Number(count) + 1) } });
      },
    });
    await plane.clock.advance(10_000);
    assert.deepEqual(seen, ['0', '1', '2', '3']);
  });

  test('what throws is tried again, ever later; what is terminal is not until something changes', async () => {
    await make({ as: 'error' });
    const at: number[] = [];
    await run({
      async reconcile(object) {
        at.push(plane.clock.monotonic());
        throw object.data?.['as'] === 'error' ? new Error('not yet') : new Terminal('never');
      },
    });
    await plane.clock.advance(2000);
    assert.ok(at.length >= 5, String(at.length));
    const pauses = at.slice(1).map((time, index) => time - at[index]!);
    assert.ok(
      pauses.every((pause, index) => index === 0 || pause > pauses[index - 1]!),
      pauses.join(' '),
    );
    await set({ as: 'terminal' });
    await plane.clock.advance(60_000);
    const tries = at.length;
    await plane.clock.advance(600_000);
    assert.deepEqual(at.slice(tries - 3), at.slice(tries - 3, tries), at.join(' '));
    await set({ more: 'x' });
    await plane.clock.settle();
    assert.equal(at.length, tries + 1);
  });

  test('it comes back after the time that it asked for', async () => {
    await make();
    const at: number[] = [];
    await run({
      async reconcile() {
        at.push(plane.clock.monotonic());
        return at.length < 3 ? { requeueAfterMs: 5000 } : undefined;
      },
    });
    const start = at[0]!;
    await plane.clock.advance(60_000);
    assert.deepEqual(at, [start, start + 5000, start + 10_000]);
  });

  test('a change of what it owns wakes the owner, and so does its end', async () => {
    const { metadata } = await make();
    let owned: string[][] = [];
    await run({
      owns: [Secret],
      async reconcile(object, context) {
        owned.push(context.owned(Secret, object).map((secret) => secret.metadata.name!));
      },
    });
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'one', uid: metadata.uid!, controller: true };
    await plane.client.create(Secret, { metadata: { name: 's', namespace, ownerReferences: [owner] } });
    await plane.clock.settle();
    await plane.client.delete(Secret, { namespace, name: 's' });
    await plane.clock.settle();
    assert.deepEqual(owned, [[], ['s'], []]);
    owned = [];
    await plane.client.create(Secret, { metadata: { name: 'other', namespace, ownerReferences: [{ ...owner, controller: false }] } });
    await plane.clock.settle();
    assert.deepEqual(owned, [], 'owners that are no controllers are not woken');
  });

  test('what is gone is told by its key, once', async () => {
    await make();
    const gone: string[] = [];
    await run({
      async reconcile() {},
      async gone(key) {
        gone.push(key);
      },
    });
    await plane.client.delete(ConfigMap, { namespace, name: 'one' });
    await plane.clock.advance(10_000);
    assert.deepEqual(gone, ['default/one']);
  });

  test('a stopped controller does nothing more', async () => {
    await make();
    let calls = 0;
    await run({
      async reconcile() {
        calls++;
      },
    });
    stop.abort();
    await set({ k: 'v' });
    await plane.clock.advance(10_000);
    assert.equal(calls, 1);
  });
});
