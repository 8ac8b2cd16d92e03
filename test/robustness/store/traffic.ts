import type { Rng } from '../../../src/base/rng.ts';
import { RecordedWatch } from '../../../src/store/contract/recorded-watch.ts';
import { bytes } from '../../../src/store/contract/short-hand.ts';
import {
  CompactedError,
  type KeyRange,
  LeaseNotFoundError,
  NoSpaceError,
  type Op,
  StoppedError,
  type Store,
  prefixRange,
} from '../../../src/store/store.ts';
import type { Intent, Model } from './model.ts';

/** Clients that do what clients do, all at once, and tell the model of everything they ask and are answered. */
export class Traffic {
  readonly #store: Store;
  readonly #model: Model;
  readonly #rng: Rng;
  readonly #name: string;
  readonly #watches: { readonly watch: RecordedWatch; readonly range: KeyRange; readonly from: number; readonly prevKv: boolean }[] = [];
  #written = 0;

  /** `name` must differ from that of all other traffic on the same store. */
  constructor(store: Store, model: Model, rng: Rng, name: string) {
    this.#store = store;
    this.#model = model;
    this.#rng = rng;
    this.#name = name;
  }

  /** Resolves when every client has done its work or the store has stopped. */
  async run({ clients, steps }: { clients: number; steps: number }): Promise<void> {
    await Promise.all(Array.from({ length: clients }, (_, i) => this.#client(i, steps)));
  }

  /** Every watch against the history that the model knows by now. */
  checkWatches(): void {
    for (const { watch, ...options } of this.#watches) this.#model.checkWatch(watch, options);
  }

  async #client(client: number, steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      try {
        await this.#step(client);
      } catch (error) {
        if (error instanceof StoppedError) return;
        // A lease may be over, history compacted, or the disk full, while somebody goes for it.
        if (!(error instanceof LeaseNotFoundError || error instanceof CompactedError || error instanceof NoSpaceError)) throw error;
      }
    }
  }

  async #step(client: number): Promise<void> {
    const dice = this.#rng.below(100);
    if (dice < 60) return this.#write(client);
    if (dice < 68) return this.#read();
    if (dice < 74) return this.#grant();
    if (dice < 78) return this.#revoke();
    if (dice < 82) return void (await this.#store.keepLeaseAlive(this.#pickLease()));
    if (dice < 86) return this.#compact();
    if (dice < 92) return this.#watch();
    return this.#resume();
  }

  async #write(client: number): Promise<void> {
    const expects = this.#rng.below(3) === 0 ? await this.#seen() : undefined;
    const intent: Intent = { ...this.#intent(client), ...(expects && { expects }) };
    this.#model.intend(intent);
    const compare = expects && [{ key: expects.key, target: 'mod', is: '=', to: expects.modRevision } as const];
    const deletes = intent.deletes.map((range): Op => ({ op: 'delete', range }));
    const puts = [...intent.puts].map(([key, { value, lease }]): Op => ({ op: 'put', key, value: bytes(value), lease }));
    const { succeeded, revision } = await this.#store.txn({ compare, success: [...deletes, ...puts] });
    if (succeeded) this.#model.answered(intent.marker, revision);
    else this.#model.refused(intent.marker);
  }

  /** What a client that means to change a key knows of it. */
  async #seen(): Promise<{ key: string; modRevision: number }> {
    const key = `key/${this.#rng.below(12)}`;
    return { key, modRevision: (await this.#store.get(key))?.modRevision ?? 0 };
  }

  #intent(client: number): Intent {
    const marker = `${this.#name}/${client}/${this.#written++}`;
    const puts = new Map([[`marker/${client}`, { value: marker, lease: 0n }]]);
    const deletes: KeyRange[] = [];
    const lease = this.#rng.below(4) === 0 ? this.#pickLease() : 0n;
    for (let left = this.#rng.below(4); left > 0; left--)
      puts.set(`key/${this.#rng.below(12)}`, {
        value: `${marker}${'.'.repeat(this.#rng.below(4) === 0 ? this.#rng.below(2000) : 0)}`,
        lease,
      });
    // Deleted is what nobody puts in the same transaction.
    const range = this.#rng.below(2) === 0 ? { start: `key/${this.#rng.below(12)}` } : prefixRange(`key/${1 + this.#rng.below(2)}`);
    const held = (key: string) => (range.end === undefined ? key === range.start : key >= range.start && key < range.end);
    if (this.#rng.below(4) === 0 && ![...puts.keys()].some(held)) deletes.push(range);
    return { marker, puts, deletes };
  }

  async #read(): Promise<void> {
    const { entries, revision } = await this.#store.list(prefixRange('key/'));
    for (const { modRevision } of entries) this.#model.show(modRevision);
    this.#model.show(revision);
  }

  async #grant(): Promise<void> {
    const id = BigInt(1 + this.#rng.below(1_000_000_000));
    this.#model.granting(id);
    await this.#store.grantLease(2 + this.#rng.below(30), id);
    this.#model.granted(id);
  }

  async #revoke(): Promise<void> {
    const id = this.#pickLease();
    this.#model.revoking(id);
    await this.#store.revokeLease(id);
    this.#model.revoked(id);
  }

  #pickLease(): bigint {
    const leases = this.#model.liveLeases;
    return leases[this.#rng.below(Math.max(1, leases.length))] ?? 0n;
  }

  async #compact(): Promise<void> {
    // The model learns a revision's events when the store is at rest: it must not be compacted before.
    const revision = Math.min(this.#store.compactRevision + 1 + this.#rng.below(40), this.#model.known);
    if (revision <= this.#store.compactRevision) return;
    this.#model.compacting(revision);
    await this.#store.compact(revision);
    this.#model.compacted(revision);
  }

  #watch(): void {
    const range = this.#rng.below(2) === 0 ? prefixRange('') : prefixRange(`key/${this.#rng.below(3)}`);
    const past = this.#rng.below(2) === 0;
    const from = past
      ? Math.max(2, this.#store.compactRevision, this.#store.revision - this.#rng.below(30))
      : this.#store.revision + 1 + this.#rng.below(4);
    const prevKv = this.#rng.below(2) === 0;
    const watch = new RecordedWatch(this.#store, { from, prevKv, progressEveryMs: 500 }, range);
    watch.pausing = this.#rng.below(3) === 0;
    this.#watches.push({ watch, range, from, prevKv });
  }

  async #resume(): Promise<void> {
    const picked = this.#watches[this.#rng.below(Math.max(1, this.#watches.length))];
    picked?.watch.watch.resume();
    if (this.#rng.below(2) === 0) picked?.watch.watch.requestProgress();
  }
}
