import { compareRanges } from './byte-order.ts';
import { bucketElement, elementBytes, maxKeyBytes, pageHeaderBytes, readPageHeader } from './bbolt-format.ts';

/** The pairs of one leaf page, all of them checked to lie within it and to be in order. */
export class BboltLeaf {
  /** Its page; of a bucket kept inline, the page of the bucket that holds it. */
  readonly page: number;
  readonly count: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** `fail` throws; it is told what is wrong and how far into the page. */
  constructor(page: number, bytes: Uint8Array, fail: (problem: string, at: number) => never) {
    this.page = page;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.count = readPageHeader(bytes).count;
    this.#check(fail);
  }

  isBucket(index: number): boolean {
    return this.#view.getUint32(elementAt(index), true) === bucketElement;
  }

  /** A view, as is the value. */
  key(index: number): Uint8Array {
    const start = this.#keyStart(index);
    return this.#bytes.subarray(start, start + this.#keySize(index));
  }

  value(index: number): Uint8Array {
    const start = this.#keyStart(index) + this.#keySize(index);
    return this.#bytes.subarray(start, start + this.#view.getUint32(elementAt(index) + 12, true));
  }

  #keyStart(index: number): number {
    const at = elementAt(index);
    return at + this.#view.getUint32(at + 4, true);
  }

  #keySize(index: number): number {
    return this.#view.getUint32(elementAt(index) + 8, true);
  }

  #check(fail: (problem: string, at: number) => never): void {
    const dataStart = elementAt(this.count);
    if (dataStart > this.#bytes.length) fail(`${this.count} elements do not fit into it`, 10);
    let [beforeStart, beforeSize] = [0, 0];
    for (let index = 0; index < this.count; index++) {
      const at = elementAt(index);
      const flags = this.#view.getUint32(at, true);
      if (flags > bucketElement) fail(`element ${index} has the unknown flags ${flags}`, at);
      const start = this.#keyStart(index);
      const keySize = this.#keySize(index);
      const end = start + keySize + this.#view.getUint32(at + 12, true);
      if (start < dataStart || end > this.#bytes.length) fail(`element ${index} reaches out of it`, at);
      if (keySize === 0 || keySize > maxKeyBytes) fail(`element ${index} has a key of ${keySize} bytes`, at);
      if (compareRanges(this.#bytes, beforeStart, beforeSize, start, keySize) >= 0) fail(`element ${index} is not in order`, at);
      [beforeStart, beforeSize] = [start, keySize];
    }
  }
}

const elementAt = (index: number): number => pageHeaderBytes + index * elementBytes;
