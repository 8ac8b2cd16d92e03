import type { Rng } from '../../base/rng.ts';

export type Refusal = 'taken' | 'out of range';

/**
 * Numbers from 0 up to a size, of which each is held once. The lowest are kept for those who ask for
 * one by name: a number given out by chance comes from there only when nothing else is left.
 */
export class Pool {
  readonly size: number;
  readonly #reserved: number;
  readonly #held = new Set<number>();

  constructor(size: number, reserved: number) {
    this.size = size;
    this.#reserved = Math.min(reserved, size);
  }

  take(number: number): Refusal | undefined {
    if (!Number.isInteger(number) || number < 0 || number >= this.size) return 'out of range';
    if (this.#held.has(number)) return 'taken';
    this.#held.add(number);
    return undefined;
  }

  /** Undefined when there is none left. */
  takeNext(rng: Rng): number | undefined {
    if (this.#held.size >= this.size) return undefined;
    const found = this.#firstFree(this.#reserved, this.size, rng) ?? this.#firstFree(0, this.#reserved, rng);
    if (found !== undefined) this.#held.add(found);
    return found;
  }

  free(number: number): void {
    this.#held.delete(number);
  }

  /** From a random place on, round to it again. */
  #firstFree(from: number, to: number, rng: Rng): number | undefined {
    const count = to - from;
    if (count <= 0) return undefined;
    const start = rng.below(count);
    for (let i = 0; i < count; i++) {
      const number = from + ((start + i) % count);
      if (!this.#held.has(number)) return number;
    }
    return undefined;
  }
}
