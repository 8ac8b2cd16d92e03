import type { Env } from '../base/env.ts';
import { ChangeWriter } from './index/change-writer.ts';
import type { Change } from './index/history.ts';
import { MvccState } from './index/mvcc-state.ts';
import type { Journal, JournalListener, JournalRecord } from './journal.ts';
import { Leases } from './leases.ts';
import { PendingWrites } from './pending-writes.ts';
import type { StateView } from './state-view.ts';
import {
  CompactedError,
  EmptyKeyError,
  type Entry,
  FutureRevisionError,
  type Key,
  type KeyRange,
  type LeaseId,
  type LeaseInfo,
  LeaseNotFoundError,
  type LeaseStatus,
  type ListOptions,
  NoSpaceError,
  type Page,
  type ReadOptions,
  StoppedError,
  type Store,
  type StoreError,
  type StoreLimits,
  type StoreStatus,
  type Txn,
  type TxnResult,
  type Watch,
  type WatchOptions,
  type WatchSink,
} from './store.ts';
import { checkTxn } from './txn/check-txn.ts';
import { type Branch, chooseBranch, flatSteps } from './txn/choose-branch.ts';
import { checkBranch, runBranch } from './txn/run-branch.ts';
import { WatchHub } from './watch/watch-hub.ts';

export type StoreEnv = Pick<Env, 'clock' | 'log' | 'rng'>;

/**
 * The store, over whatever keeps its records. A write is done in memory and appended in one
 * synchronous step, so writes never mix; it is seen once the journal calls it durable.
 */
export class StoreEngine implements Store, JournalListener {
  readonly state = new MvccState();
  readonly leaseTable: Leases;
  readonly #limits: StoreLimits;
  readonly #log: StoreEnv['log'];
  readonly #hub: WatchHub;
  readonly #pending = new PendingWrites();
  #journal: Journal | undefined;
  #durable = 1;
  /** The revision of the newest compaction that was appended. */
  #compacting = 0;
  #stopped: StoreError | undefined;

  constructor(env: StoreEnv, limits: StoreLimits) {
    this.#limits = limits;
    this.#log = env.log;
    this.leaseTable = new Leases(env.clock, env.rng, (id) => void this.#revokeExpired(id));
    this.#hub = new WatchHub(this.state.history, this.#durable, env.clock, env.log);
  }

  /** Everything in the state so far counts as durable; the journal takes what comes from now on. */
  start(journal: Journal): void {
    this.#journal = journal;
    this.#durable = this.state.head;
    this.#compacting = this.state.compactRevision;
    this.#hub.startAt(this.#durable, this.#compacting);
  }

  get revision(): number {
    return this.#durable;
  }

  get compactRevision(): number {
    return this.state.compactRevision;
  }

  async get(key: Key, options: ReadOptions = {}): Promise<Entry | undefined> {
    this.#assertRunning();
    if (key === '') throw new EmptyKeyError();
    return this.state.at(key, this.state.readRevision(options.at, this.#durable));
  }

  async list(range: KeyRange, options: ListOptions = {}): Promise<Page> {
    this.#assertRunning();
    if (range.start === '') throw new EmptyKeyError();
    const listing = this.state.list(range, this.state.readRevision(options.at, this.#durable), options);
    return { ...listing, revision: this.#durable };
  }

  async txn(txn: Txn): Promise<TxnResult> {
    for (;;) {
      const journal = this.#assertRunning();
      checkTxn(txn, this.#limits);
      const branch = chooseBranch(txn, this.state);
      checkBranch(branch, this.state, this.leaseTable);
      const cost = costOf(branch, this.state);
      if (cost.writeBytes === 0) return this.#pending.afterAll(runBranch(branch, this.state, this.#writer(), this.state.head));
      if (cost.grows) this.#checkQuota(cost.quotaBytes);
      const full = journal.room(cost.writeBytes, cost.grows ? 'put' : 'delete');
      if (full) await full;
      else return this.#commit(journal, branch);
    }
  }

  watch(range: KeyRange, options: WatchOptions, sink: WatchSink): Watch {
    this.#assertRunning();
    // etcd watches from the first key there can be when none is given.
    return this.#hub.open(range.start === '' ? { ...range, start: '\0' } : range, options, sink);
  }

  async grantLease(ttlSeconds: number, id?: LeaseId): Promise<LeaseInfo> {
    for (;;) {
      const journal = this.#assertRunning();
      const lease = this.leaseTable.plan(ttlSeconds, id);
      this.#checkQuota(leaseQuotaBytes);
      const full = journal.room(recordOverheadBytes, 'put');
      if (full) {
        await full;
        continue;
      }
      this.leaseTable.add(lease.id, lease.ttlSeconds);
      return this.#append(journal, { kind: 'grant', ...lease }, lease);
    }
  }

  async revokeLease(id: LeaseId): Promise<void> {
    for (;;) {
      const journal = this.#assertRunning();
      const keys = this.leaseTable.keysOf(id);
      const bytes = keys.reduce((sum, key) => sum + eventOverheadBytes + key.length, recordOverheadBytes);
      const full = journal.room(bytes, 'delete');
      if (full) {
        await full;
        continue;
      }
      const change = keys.length > 0 ? this.#delete(keys) : undefined;
      this.leaseTable.remove(id);
      return this.#append(journal, { kind: 'revoke', id, ...(change && { change }) }, undefined);
    }
  }

  async keepLeaseAlive(id: LeaseId): Promise<number> {
    this.#assertRunning();
    return this.#pending.afterAll(this.leaseTable.renew(id));
  }

  async leaseTimeToLive(id: LeaseId): Promise<LeaseStatus> {
    this.#assertRunning();
    return this.#pending.afterAll(this.leaseTable.status(id));
  }

  async leases(): Promise<LeaseId[]> {
    this.#assertRunning();
    return this.#pending.afterAll(this.leaseTable.ids());
  }

  async compact(revision: number): Promise<void> {
    for (;;) {
      const journal = this.#assertRunning();
      if (revision <= this.#compacting) throw new CompactedError(this.#compacting);
      if (revision > this.#durable) throw new FutureRevisionError();
      const full = journal.room(recordOverheadBytes, 'compact');
      if (full) {
        await full;
        continue;
      }
      this.#compacting = revision;
      return this.#append(journal, { kind: 'compact', revision }, undefined);
    }
  }

  status(): StoreStatus {
    const { keys, bytes } = this.state;
    const failure = this.#stopped?.cause === undefined ? undefined : this.#stopped;
    return { sizeBytes: this.#journal?.sizeBytes ?? bytes, inUseBytes: bytes, keys, ...(failure && { failure }) };
  }

  /** What was written before is durable when this resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped ??= new StoppedError();
    this.leaseTable.stop();
    await this.#journal?.[Symbol.asyncDispose]();
    this.#hub.stop(this.#stopped);
  }

  /** Everything appended so far, durable or not. */
  view(): StateView {
    return {
      revision: this.state.head,
      compactRevision: this.#compacting,
      leases: this.leaseTable.list(),
      tree: this.state.view(),
      changes: this.state.history.since(this.#compacting),
    };
  }

  durable(number: number): void {
    const done = this.#pending.take(number);
    for (const { record, revision } of done) {
      if (record.kind !== 'compact') {
        this.#durable = revision;
        continue;
      }
      this.#hub.publish(this.#durable);
      this.state.compact(record.revision);
      this.#hub.compacted(record.revision);
    }
    this.#hub.publish(this.#durable);
    for (const write of done) write.resolve();
  }

  failed(cause: unknown): void {
    this.#stopped = new StoppedError(cause);
    this.#log.error(cause, 'the store has stopped: its disk failed');
    this.leaseTable.stop();
    this.#pending.fail(this.#stopped);
    this.#hub.stop(this.#stopped);
  }

  #assertRunning(): Journal {
    if (this.#stopped) throw this.#stopped;
    if (!this.#journal) throw new StoppedError(new Error('the store has not been started'));
    return this.#journal;
  }

  #checkQuota(bytes: number): void {
    if (this.state.bytes + bytes > this.#limits.quotaBytes) throw new NoSpaceError();
  }

  #writer(): ChangeWriter {
    return new ChangeWriter(this.state, this.leaseTable);
  }

  #commit(journal: Journal, branch: Branch): Promise<TxnResult> {
    const writer = this.#writer();
    const result = runBranch(branch, this.state, writer, writer.revision);
    const change: Change = { revision: writer.revision, events: writer.events };
    this.state.commit(change);
    return this.#append(journal, { kind: 'change', change }, result);
  }

  #delete(keys: readonly Key[]): Change {
    const writer = this.#writer();
    for (const key of keys) writer.delete(this.state.newest(key)!);
    const change: Change = { revision: writer.revision, events: writer.events };
    this.state.commit(change);
    return change;
  }

  #append<T>(journal: Journal, record: JournalRecord, result: T): Promise<T> {
    return this.#pending.add(journal.append(record), record, this.state.head, result);
  }

  async #revokeExpired(id: LeaseId): Promise<void> {
    try {
      await this.revokeLease(id);
    } catch (error) {
      // Stopped, or somebody else revoked it. A full disk is tried again: the lease comes up as expired until it is gone.
      if (!(error instanceof StoppedError || error instanceof LeaseNotFoundError))
        this.#log.error(error, 'could not revoke an expired lease', { lease: id.toString(16) });
    }
  }
}

/** etcd's constants for the quota, so that the same load meets the same limit. */
const putQuotaBytes = 256;
const leaseQuotaBytes = 64;
/** Upper bounds of what the log needs beside keys and values. */
const recordOverheadBytes = 64;
const eventOverheadBytes = 48;

interface Cost {
  /** At most so many bytes of log; 0 when nothing is written. */
  readonly writeBytes: number;
  readonly quotaBytes: number;
  /** Whether it puts anything: only what deletes may pass a full disk. */
  readonly grows: boolean;
}

function costOf(branch: Branch, state: MvccState): Cost {
  let writeBytes = 0;
  let quotaBytes = 0;
  let grows = false;
  for (const step of flatSteps(branch)) {
    if (step.op === 'put') {
      grows = true;
      const value = step.ignoreValue ? state.newest(step.key)?.value : step.value;
      quotaBytes += putQuotaBytes + step.key.length + (value?.length ?? 0);
      writeBytes += eventOverheadBytes + step.key.length + (value?.length ?? 0);
    } else if (step.op === 'delete') {
      for (const { key } of state.list(step.range, state.head, {}).entries) writeBytes += eventOverheadBytes + key.length;
    }
  }
  return { writeBytes: writeBytes === 0 ? 0 : writeBytes + recordOverheadBytes, quotaBytes, grows };
}
