import type { Reservation } from '../ports.ts';

/** What one write has taken, to be given back if it fails, and what it lets go of once it is done. */
export class Taking implements Reservation {
  readonly #undo: (() => void)[] = [];
  readonly #whenDone: (() => void)[] = [];

  taken(giveBack: () => void): void {
    this.#undo.push(giveBack);
  }

  letGoWhenDone(free: () => void): void {
    this.#whenDone.push(free);
  }

  commit(): void {
    for (const free of this.#whenDone) free();
  }

  release(): void {
    for (const giveBack of this.#undo) giveBack();
  }
}
