import type { Clock } from '../../base/clock.ts';
import type { LeaseId, Store } from '../../store/store.ts';

const reuseForMs = 60_000;
const maxObjects = 1000;

/**
 * Leases for objects that expire (Events). One lease serves many objects, so that an event storm
 * makes a few leases and not thousands; an object may therefore live up to a minute longer than
 * its kind says. Upstream: etcd3's leaseManager.
 */
export class LeasePool {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #open = new Map<number, { id: LeaseId; untilMs: number; objects: number }>();
  readonly #granting = new Map<number, Promise<LeaseId>>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** A lease under which a new object lives for at least `ttlSeconds`. */
  async take(ttlSeconds: number): Promise<LeaseId> {
    for (;;) {
      const lease = this.#open.get(ttlSeconds);
      if (lease && lease.untilMs > this.#clock.now() && lease.objects < maxObjects) {
        lease.objects++;
        return lease.id;
      }
      let granting = this.#granting.get(ttlSeconds);
      if (!granting) this.#granting.set(ttlSeconds, (granting = this.#grant(ttlSeconds)));
      await granting;
    }
  }

  async #grant(ttlSeconds: number): Promise<LeaseId> {
    try {
      const { id } = await this.#store.grantLease(ttlSeconds + reuseForMs / 1000);
      this.#open.set(ttlSeconds, { id, untilMs: this.#clock.now() + reuseForMs, objects: 0 });
      return id;
    } finally {
      this.#granting.delete(ttlSeconds);
    }
  }
}
