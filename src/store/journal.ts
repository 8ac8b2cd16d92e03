import type { Change } from './index/history.ts';
import type { LeaseId } from './store.ts';

/** What is written to a log: each record is done wholly or not at all. */
export type JournalRecord =
  | { readonly kind: 'change'; readonly change: Change }
  | { readonly kind: 'grant'; readonly id: LeaseId; readonly ttlSeconds: number }
  /** With the deletion of its keys, if it had any. */
  | { readonly kind: 'revoke'; readonly id: LeaseId; readonly change?: Change }
  | { readonly kind: 'compact'; readonly revision: number };

/** What a record is for. On a full disk deletes go on after puts are refused, and compaction after deletes are. */
export type JournalUse = 'put' | 'delete' | 'compact';

/** Where an engine's records go to become durable, in the order they are appended. */
export interface Journal extends AsyncDisposable {
  /**
   * Absent when a record of about `bytes` may be appended now. Else resolves when it is worth asking
   * again, or rejects with `NoSpaceError`.
   */
  room(bytes: number, use: JournalUse): Promise<void> | undefined;
  /** Takes a record for which there is room, and returns its number: 1, 2, 3 … */
  append(record: JournalRecord): number;
  /** What it takes on disk, or absent where it has none. */
  readonly sizeBytes: number | undefined;
}

/** How a journal tells its engine. */
export interface JournalListener {
  /** All records up to the one with this number are durable. Never called from within `append`. */
  durable(number: number): void;
  /** Nothing will be durable any more. */
  failed(cause: unknown): void;
}
