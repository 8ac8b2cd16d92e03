import { sleep } from '../base/clock.ts';
import type { Env } from '../base/env.ts';
import { isNotFound } from '../api/errors.ts';
import type { Lease as LeaseType } from '../api/generated/coordination/v1.ts';
import { Lease } from '../api/kinds/coordination/lease.ts';
import { canonicalMicroTime } from '../api/timestamps.ts';
import type { Client } from './client.ts';
import { eventRecorder } from './event-recorder.ts';

export interface LeaderElectionOptions {
  readonly client: Client;
  readonly env: Env;
  /** `--leader-elect-resource-namespace`; `kube-system` when absent. */
  readonly namespace?: string;
  /** `--leader-elect-resource-name`: the component's name. */
  readonly name: string;
  /** Unlike any other candidate's: upstream's is `<hostname>_<uuid>`. */
  readonly identity: string;
  /** `--leader-elect-lease-duration`: how long the others wait for a leader that is silent. 15 s when absent. */
  readonly leaseDurationMs?: number;
  /** `--leader-elect-renew-deadline`: how long a leader that cannot renew goes on. 10 s when absent; less than the lease's duration. */
  readonly renewDeadlineMs?: number;
  /** `--leader-elect-retry-period`. 2 s when absent. */
  readonly retryPeriodMs?: number;
}

/**
 * Waits until this candidate holds the lease, then calls `lead` once; its signal aborts when the
 * lease is lost or `env.signal` aborts. Resolves with `lost` or, after letting the lease go, with
 * `stopped`. A component that has lost must end: upstream's processes exit. Source: client-go's
 * tools/leaderelection over a LeaseLock.
 */
export async function runWhileLeading(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<'lost' | 'stopped'> {
  const { env } = options;
  const candidate = new Candidate(options);
  if (!(await candidate.acquire())) return 'stopped';
  const reign = new AbortController();
  const working = lead(AbortSignal.any([env.signal, reign.signal]));
  const end = await candidate.renew();
  reign.abort();
  await working;
  if (end === 'stopped') await candidate.release();
  return end;
}

/** `retryPeriod` is stretched by chance up to so much, lest all candidates ask at once. */
const jitter = 1.2;

class Candidate {
  readonly #options: LeaderElectionOptions;
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  /** The lease as last seen, and when it last changed by our own clock: others' clocks are not trusted. */
  #seen: LeaseType | undefined;
  #seenMs = 0;

  constructor(options: LeaderElectionOptions) {
    const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = options;
    if (leaseDurationMs <= renewDeadlineMs) throw new RangeError('leaseDuration must be greater than renewDeadline');
    if (renewDeadlineMs <= jitter * retryPeriodMs) throw new RangeError('renewDeadline must be greater than retryPeriod*JitterFactor');
    this.#options = options;
    this.#leaseDurationMs = leaseDurationMs;
    this.#renewDeadlineMs = renewDeadlineMs;
    this.#retryPeriodMs = retryPeriodMs;
  }

  /** False when it was stopped before. */
  async acquire(): Promise<boolean> {
    const { env } = this.#options;
    const { clock, rng, signal } = env;
    while (!signal.aborted) {
      if (await this.#try()) {
        this.#tell('became leader');
        return true;
      }
      await sleep(clock, this.#retryPeriodMs * (1 + rng.next() * jitter), signal);
    }
    return false;
  }

  /** Holds the lease; resolves when that fails for too long, or it is stopped. */
  async renew(): Promise<'lost' | 'stopped'> {
    const { clock, signal } = this.#options.env;
    for (let renewedMs = clock.monotonic(); ;) {
      await sleep(clock, this.#retryPeriodMs, signal);
      if (signal.aborted) return 'stopped';
      if (await this.#try()) renewedMs = clock.monotonic();
      else if (clock.monotonic() - renewedMs >= this.#renewDeadlineMs || this.#isAnothers()) break;
    }
    this.#tell('stopped leading');
    return 'lost';
  }

  /** Gives the lease back, so that others need not wait until it runs out. */
  async release(): Promise<void> {
    const { client, env } = this.#options;
    if (!this.#seen || this.#isAnothers()) return;
    const now = microTime(env.clock.now());
    const spec = { ...this.#seen.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now };
    // It runs out by itself if this fails.
    await client.update(Lease, { ...this.#seen, spec }).catch(() => undefined);
  }

  async #try(): Promise<boolean> {
    try {
      const taken = await this.#take();
      if (taken) this.#observe(taken);
      return taken !== undefined;
    } catch (error) {
      this.#options.env.log.verbose(4, 'Failed to acquire or renew lease', { err: String(error) });
      return false;
    }
  }

  async #take(): Promise<LeaseType | undefined> {
    const { client, env, name, namespace = 'kube-system', identity } = this.#options;
    const now = microTime(env.clock.now());
    const mine = { holderIdentity: identity, leaseDurationSeconds: this.#leaseDurationMs / 1000, renewTime: now };
    let lease: LeaseType;
    try {
      lease = await client.get(Lease, { namespace, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return client.create(Lease, { metadata: { namespace, name }, spec: { ...mine, acquireTime: now, leaseTransitions: 0 } });
    }
    if (this.#seen?.metadata.resourceVersion !== lease.metadata.resourceVersion) this.#observe(lease);
    const { holderIdentity = '', acquireTime, leaseTransitions = 0 } = lease.spec;
    if (holderIdentity === identity)
      return client.update(Lease, { ...lease, spec: { ...lease.spec, ...mine, acquireTime: acquireTime ?? now } });
    if (holderIdentity !== '' && env.clock.monotonic() < this.#seenMs + this.#leaseDurationMs) return undefined;
    return client.update(Lease, { ...lease, spec: { ...lease.spec, ...mine, acquireTime: now, leaseTransitions: leaseTransitions + 1 } });
  }

  #observe(lease: LeaseType): void {
    this.#seen = lease;
    this.#seenMs = this.#options.env.clock.monotonic();
  }

  #isAnothers(): boolean {
    const { holderIdentity = '' } = this.#seen?.spec ?? {};
    return holderIdentity !== this.#options.identity;
  }

  #tell(what: string): void {
    const { client, env, name, identity } = this.#options;
    env.log.info(`${identity} ${what}`, { lease: name });
    if (this.#seen) eventRecorder({ client, env, component: name }).event(this.#seen, 'Normal', 'LeaderElection', `${identity} ${what}`);
  }
}

const microTime = (ms: number): string => canonicalMicroTime(new Date(ms).toISOString().replace('Z', '000Z'));
