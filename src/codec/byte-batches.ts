/** Gathers many small pieces into few large ones, without an object for each. Pieces are copied. */
export class ByteBatches {
  readonly #full: Uint8Array[] = [];
  #batch: Uint8Array = new Uint8Array(smallestBatch);
  #used = 0;

  add(piece: Uint8Array): void {
    this.#makeRoom(piece.length);
    this.#batch.set(piece, this.#used);
    this.#used += piece.length;
  }

  /** Adds `bytes` with ASCII `text` put in at `offset`. */
  addWithText(bytes: Uint8Array, offset: number, text: string): void {
    this.#makeRoom(bytes.length + text.length);
    const [batch, start] = [this.#batch, this.#used];
    // All of it where what follows the text belongs, then what comes before over it: no view of a part is needed.
    batch.set(bytes, start + text.length);
    for (let at = 0; at < offset; at++) batch[start + at] = bytes[at]!;
    for (let at = 0; at < text.length; at++) batch[start + offset + at] = text.charCodeAt(at);
    this.#used += bytes.length + text.length;
  }

  /** Adds ASCII `text`, and `bytes` from `offset` on. */
  addTextThenRest(text: string, bytes: Uint8Array, offset: number): void {
    this.#makeRoom(text.length + bytes.length - offset);
    const [batch, start] = [this.#batch, this.#used];
    for (let at = 0; at < text.length; at++) batch[start + at] = text.charCodeAt(at);
    batch.set(bytes.subarray(offset), start + text.length);
    this.#used += text.length + bytes.length - offset;
  }

  /** Everything so far, in order. Nothing is to be added after. */
  get chunks(): readonly Uint8Array[] {
    return [...this.#full, this.#batch.subarray(0, this.#used)];
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#batch.length) return;
    if (this.#used > 0) this.#full.push(this.#batch.subarray(0, this.#used));
    this.#batch = new Uint8Array(Math.max(Math.min(this.#batch.length * 8, largestBatch), bytes));
    this.#used = 0;
  }
}

// Most lists are short.
const smallestBatch = 4 * 1024;
// Larger ones malloc would fetch from the system each time, and give back: slower than filling them.
const largestBatch = 96 * 1024;
