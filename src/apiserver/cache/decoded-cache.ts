/** Something that holds a decoded or encoded form of an object and can do without it. */
export interface Holder {
  /** Set by the holder when its form is asked for; cleared as the cache passes it by. */
  used: boolean;
  release(): void;
}

/**
 * Keeps the decoded forms within a budget: a second-chance queue, so that a hit costs one flag.
 * A holder whose form is dropped makes it again from its bytes when asked.
 */
export class DecodedCache {
  readonly #budgetBytes: number;
  readonly #held = new Map<Holder, number>();
  #heldBytes = 0;
  /** Goes on where it was: from the beginning, it would pass all that was taken out there, again and again. */
  #hand = this.#held.entries();

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** `holder` has just made a form of about `bytes`; others may lose theirs. */
  add(holder: Holder, bytes: number): void {
    const before = this.#held.get(holder);
    if (before !== undefined) {
      this.#heldBytes -= before;
      this.#held.delete(holder);
    }
    this.#held.set(holder, bytes);
    this.#heldBytes += bytes;
    if (this.#heldBytes > this.#budgetBytes) this.#evict(holder);
  }

  #evict(keep: Holder): void {
    while (this.#heldBytes > this.#budgetBytes && this.#held.size > 1) {
      const next = this.#hand.next();
      if (next.done) {
        this.#hand = this.#held.entries();
        continue;
      }
      const [holder, bytes] = next.value;
      this.#held.delete(holder);
      if (holder.used || holder === keep) {
        holder.used = false;
        this.#held.set(holder, bytes);
        continue;
      }
      this.#heldBytes -= bytes;
      holder.release();
    }
  }
}
