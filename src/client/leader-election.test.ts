import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Lease as LeaseType } from '../api/generated/coordination/v1.ts';
import { Lease } from '../api/kinds/coordination/lease.ts';
import { serviceUnavailable } from '../api/errors.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../cluster/virtual-control-plane.ts';
import { runWhileLeading } from './leader-election.ts';

describe('leader election', () => {
  let plane: VirtualControlPlane;
  beforeEach(async () => {
    plane = await startVirtualControlPlane({ controllers: [] });
  });
  afterEach(() => plane[Symbol.dispose]());

  /** A candidate, and what became of it. */
  const candidate = (identity: string) => {
    const life = new AbortController();
    const seen = { leads: false, end: '', cutOff: false, stop: () => life.abort() };
    const client = {
      ...plane.client,
      get: ((...args: Parameters<typeof plane.client.get>) =>
        seen.cutOff ? Promise.reject(serviceUnavailable('cut off')) : plane.client.get(...args)) as typeof plane.client.get,
    };
    const env = { ...plane.env, signal: AbortSignal.any([plane.env.signal, life.signal]) };
    void runWhileLeading({ client, env, name: 'kube-scheduler', identity }, async (signal) => {
      seen.leads = true;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      seen.leads = false;
    }).then((end) => (seen.end = end));
    return seen;
  };
  const lease = (): Promise<LeaseType> => plane.client.get(Lease, { namespace: 'kube-system', name: 'kube-scheduler' });

  test('one of two leads, and renews its lease', async () => {
    const first = candidate('a');
    await plane.clock.settle();
    const second = candidate('b');
    await plane.clock.advance(60_000);
    assert.deepEqual([first.leads, second.leads], [true, false]);
    const { spec } = await lease();
    assert.equal(spec.holderIdentity, 'a');
    assert.ok(plane.clock.now() - Date.parse(spec.renewTime!) <= 2_000);
  });

  test('one that stops lets go, and the other takes over at its next try', async () => {
    const first = candidate('a');
    await plane.clock.settle();
    const second = candidate('b');
    await plane.clock.advance(5_000);
    first.stop();
    await plane.clock.advance(5_000);
    assert.deepEqual([first.end, first.leads, second.leads], ['stopped', false, true]);
    assert.equal((await lease()).spec.leaseTransitions, 1);
  });

  test('one that cannot renew stops leading before the other begins', async () => {
    const first = candidate('a');
    await plane.clock.settle();
    const second = candidate('b');
    await plane.clock.advance(5_000);
    first.cutOff = true;
    for (let second_ = 0; second_ < 30; second_++) {
      await plane.clock.advance(1_000);
      assert.ok(!(first.leads && second.leads), 'two lead at once');
    }
    assert.deepEqual([first.end, second.leads], ['lost', true]);
  });

  test('durations that cannot work are refused', async () => {
    const options = { client: plane.client, env: plane.env, name: 'x', identity: 'a', leaseDurationMs: 5_000, renewDeadlineMs: 5_000 };
    await assert.rejects(
      runWhileLeading(options, async () => undefined),
      /leaseDuration must be greater than renewDeadline/,
    );
  });
});
