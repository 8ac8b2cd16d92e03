import { StoreEngine, type StoreEnv } from './engine.ts';
import type { Journal, JournalListener } from './journal.ts';
import { defaultLimits, type StoreLimits } from './store.ts';

/** A store that forgets everything with its process: for tests, and for clusters that are thrown away. */
export class MemoryStore extends StoreEngine {
  constructor({ env, limits }: { env: StoreEnv; limits?: Partial<StoreLimits> }) {
    super(env, { ...defaultLimits, ...limits });
    this.start(new NoJournal(this));
  }
}

/** What is appended is as durable as it will ever be; it is said so a moment later, as a disk would. */
class NoJournal implements Journal {
  readonly sizeBytes = undefined;
  readonly #listener: JournalListener;
  #appended = 0;
  #told = 0;

  constructor(listener: JournalListener) {
    this.#listener = listener;
  }

  room(): undefined {
    return undefined;
  }

  append(): number {
    if (this.#appended++ === this.#told) queueMicrotask(() => this.#tell());
    return this.#appended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tell();
  }

  #tell(): void {
    if (this.#told === this.#appended) return;
    this.#told = this.#appended;
    this.#listener.durable(this.#told);
  }
}
