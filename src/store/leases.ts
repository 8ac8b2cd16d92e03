import type { Clock } from '../base/clock.ts';
import { Heap } from '../base/heap.ts';
import type { Rng } from '../base/rng.ts';
import {
  type Key,
  LeaseExistsError,
  type LeaseId,
  type LeaseInfo,
  LeaseNotFoundError,
  type LeaseStatus,
  LeaseTtlTooLargeError,
} from './store.ts';

/**
 * Leases and the keys attached to them. Time is the clock's monotonic one: a lease does not end early
 * because somebody set the wall clock.
 */
export class Leases {
  readonly #leases = new Map<LeaseId, Lease>();
  readonly #clock: Clock;
  readonly #rng: Rng;
  /** Called with each lease whose time is over; must see to its revocation. Called again after a while if it is still there. */
  readonly #onExpired: (id: LeaseId) => void;
  /** By the expiry it had when it was pushed; renewals push it again when that one comes up. */
  readonly #byExpiry = new Heap<Due>((a, b) => a.atMs < b.atMs);
  #cancelTimer: () => void = () => {};
  #timerAtMs = Infinity;
  #stopped = false;

  constructor(clock: Clock, rng: Rng, onExpired: (id: LeaseId) => void) {
    this.#clock = clock;
    this.#rng = rng;
    this.#onExpired = onExpired;
  }

  has(id: LeaseId): boolean {
    return this.#leases.has(id);
  }

  ids(): LeaseId[] {
    return [...this.#leases.keys()];
  }

  list(): LeaseInfo[] {
    return [...this.#leases].map(([id, { ttlSeconds }]) => ({ id, ttlSeconds }));
  }

  /** The id and TTL a grant gets; `id` 0n or absent asks for a free one. */
  plan(ttlSeconds: number, id: LeaseId = 0n): LeaseInfo {
    if (ttlSeconds > maxTtlSeconds) throw new LeaseTtlTooLargeError();
    if (this.#leases.has(id)) throw new LeaseExistsError();
    return { id: id === 0n ? this.#freeId() : id, ttlSeconds: Math.max(ttlSeconds, minTtlSeconds) };
  }

  add(id: LeaseId, ttlSeconds: number): void {
    const expiresMs = this.#clock.monotonic() + ttlSeconds * 1000;
    this.#leases.set(id, { ttlSeconds, expiresMs, keys: new Set() });
    this.#byExpiry.push({ id, atMs: expiresMs });
    this.#arm();
  }

  remove(id: LeaseId): void {
    this.#leases.delete(id);
  }

  renew(id: LeaseId): number {
    const lease = this.#get(id);
    lease.expiresMs = this.#clock.monotonic() + lease.ttlSeconds * 1000;
    return lease.ttlSeconds;
  }

  /** A lease that is gone is passed over: replayed history speaks of such. */
  attach(id: LeaseId, key: Key): void {
    this.#leases.get(id)?.keys.add(key);
  }

  detach(id: LeaseId, key: Key): void {
    this.#leases.get(id)?.keys.delete(key);
  }

  keysOf(id: LeaseId): Key[] {
    return [...this.#get(id).keys].sort();
  }

  status(id: LeaseId): LeaseStatus {
    const { ttlSeconds, expiresMs } = this.#get(id);
    const remainingSeconds = Math.max(0, Math.floor((expiresMs - this.#clock.monotonic()) / 1000));
    return { id, ttlSeconds, remainingSeconds, keys: this.keysOf(id) };
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  #get(id: LeaseId): Lease {
    const lease = this.#leases.get(id);
    if (!lease) throw new LeaseNotFoundError();
    return lease;
  }

  #freeId(): LeaseId {
    for (;;) {
      const id = (BigInt(this.#rng.below(2 ** 31)) << 32n) | BigInt(this.#rng.below(2 ** 32));
      if (id !== 0n && !this.#leases.has(id)) return id;
    }
  }

  #arm(): void {
    const next = this.#byExpiry.peek();
    if (!next || next.atMs >= this.#timerAtMs || this.#stopped) return;
    this.#cancelTimer();
    this.#timerAtMs = next.atMs;
    this.#cancelTimer = this.#clock.after(next.atMs - this.#clock.monotonic(), () => this.#expire());
  }

  #expire(): void {
    this.#timerAtMs = Infinity;
    const nowMs = this.#clock.monotonic();
    for (let due = this.#byExpiry.peek(); due && due.atMs <= nowMs; due = this.#byExpiry.peek()) {
      this.#byExpiry.pop();
      const lease = this.#leases.get(due.id);
      if (!lease) continue;
      const over = lease.expiresMs <= nowMs;
      this.#byExpiry.push({ id: due.id, atMs: over ? nowMs + retryExpiredMs : lease.expiresMs });
      if (over) this.#onExpired(due.id);
    }
    this.#arm();
  }
}

/** etcd's shortest, at its default election timeout. */
const minTtlSeconds = 2;
const maxTtlSeconds = 9_000_000_000;
/** etcd looks for expired leases this often. */
const retryExpiredMs = 500;

interface Lease {
  readonly ttlSeconds: number;
  expiresMs: number;
  readonly keys: Set<Key>;
}

interface Due {
  readonly id: LeaseId;
  readonly atMs: number;
}
