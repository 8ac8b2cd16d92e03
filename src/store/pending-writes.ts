import type { JournalRecord } from './journal.ts';
import type { StoreError } from './store.ts';

export interface PendingWrite {
  readonly record: JournalRecord;
  /** The store's revision once this is durable. */
  readonly revision: number;
  readonly resolve: () => void;
}

/** Writes that are appended and not yet durable, in order, each with the promise its caller holds. */
export class PendingWrites {
  #waiting: Waiting[] = [];

  add<T>(number: number, record: JournalRecord, revision: number, result: T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ number, record, revision, after: [], resolve: () => resolve(result), reject });
    });
  }

  /** Resolves when everything appended so far is durable: what was read may rest on it. */
  afterAll<T>(result: T): Promise<T> {
    const last = this.#waiting.at(-1);
    if (!last) return Promise.resolve(result);
    return new Promise<T>((resolve, reject) => last.after.push({ resolve: () => resolve(result), reject }));
  }

  /** Takes out the writes up to a number, for their caller to resolve. */
  take(number: number): PendingWrite[] {
    let count = 0;
    while (count < this.#waiting.length && this.#waiting[count]!.number <= number) count++;
    return this.#waiting.splice(0, count).map(({ record, revision, after, resolve }) => ({
      record,
      revision,
      resolve: () => {
        resolve();
        for (const reader of after) reader.resolve();
      },
    }));
  }

  fail(reason: StoreError): void {
    for (const { reject, after } of this.#waiting.splice(0)) {
      reject(reason);
      for (const reader of after) reader.reject(reason);
    }
  }
}

interface Waiting extends PendingWrite {
  readonly number: number;
  readonly after: Reader[];
  readonly reject: (reason: StoreError) => void;
}

type Reader = Pick<Waiting, 'resolve' | 'reject'>;
