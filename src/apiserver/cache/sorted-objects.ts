import type { Key, KeyRange } from '../../store/store.ts';
import type { StoredObject } from './stored-object.ts';

const fullChunk = 512;

/**
 * Objects in key order: short sorted runs, so that an insertion among 100,000 moves a few hundred
 * references. Runs are never empty.
 */
export class SortedObjects {
  readonly #byKey = new Map<Key, StoredObject>();
  #chunks: StoredObject[][] = [];

  get size(): number {
    return this.#byKey.size;
  }

  get(key: Key): StoredObject | undefined {
    return this.#byKey.get(key);
  }

  /** Puts the object under its key; returns what was there. */
  set(object: StoredObject): StoredObject | undefined {
    const before = this.#byKey.get(object.key);
    this.#byKey.set(object.key, object);
    const chunkIndex = this.#chunkFor(object.key);
    const chunk = this.#chunks[chunkIndex];
    if (!chunk) this.#chunks.push([object]);
    else {
      const index = lowerBound(chunk, object.key);
      chunk.splice(index, before ? 1 : 0, object);
      if (chunk.length > fullChunk) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(fullChunk / 2));
    }
    return before;
  }

  delete(key: Key): StoredObject | undefined {
    const before = this.#byKey.get(key);
    if (!before) return undefined;
    this.#byKey.delete(key);
    const chunkIndex = this.#chunkFor(key);
    const chunk = this.#chunks[chunkIndex]!;
    chunk.splice(lowerBound(chunk, key), 1);
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
    return before;
  }

  /** Objects with keys in the range, in order. The structure must not change while it is read. */
  *scan(range: KeyRange): Generator<StoredObject> {
    const end = range.end ?? `${range.start}\0`;
    for (let chunkIndex = this.#chunkFor(range.start); chunkIndex < this.#chunks.length; chunkIndex++) {
      const chunk = this.#chunks[chunkIndex]!;
      for (let index = lowerBound(chunk, range.start); index < chunk.length; index++) {
        const object = chunk[index]!;
        if (end !== '\0' && object.key >= end) return;
        yield object;
      }
    }
  }

  count(range: KeyRange): number {
    const end = range.end ?? `${range.start}\0`;
    let count = 0;
    for (let chunkIndex = this.#chunkFor(range.start); chunkIndex < this.#chunks.length; chunkIndex++) {
      const chunk = this.#chunks[chunkIndex]!;
      if (end !== '\0' && chunk[0]!.key >= end) break;
      const from = lowerBound(chunk, range.start);
      const to = end === '\0' ? chunk.length : lowerBound(chunk, end);
      count += to - from;
    }
    return count;
  }

  /** The chunk in which `key` is or would be: the first whose last key is not below it, else the last. */
  #chunkFor(key: Key): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#chunks[middle]!.at(-1)!.key < key) low = middle + 1;
      else high = middle;
    }
    return low === this.#chunks.length && low > 0 ? low - 1 : low;
  }
}

function lowerBound(chunk: readonly StoredObject[], key: Key): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (chunk[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
