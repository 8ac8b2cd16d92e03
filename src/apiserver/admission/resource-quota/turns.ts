/** One after the other for each key: who counts must see what the one before let through. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Rejects as `run` does; the next has its turn all the same. */
  async take(key: string, run: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(run);
    const settled = mine.catch(() => undefined);
    this.#last.set(key, settled);
    try {
      await mine;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
