/** Which pages of a file have been met, a bit each. */
export class PageSet {
  readonly #bits: Uint8Array;
  size = 0;

  constructor(pages: number) {
    this.#bits = new Uint8Array(Math.ceil(pages / 8));
  }

  /** False when it is in already. */
  add(page: number): boolean {
    const bit = 1 << (page & 7);
    const at = Math.floor(page / 8);
    if (this.#bits[at]! & bit) return false;
    this.#bits[at]! |= bit;
    this.size++;
    return true;
  }
}
