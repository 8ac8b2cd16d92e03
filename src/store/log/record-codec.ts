import type { Change } from '../index/history.ts';
import { noBytes } from '../index/mvcc-state.ts';
import type { JournalRecord } from '../journal.ts';
import type { Entry, LeaseId } from '../store.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** What a log or a snapshot holds: the journal's records, and those a snapshot begins, is filled and ends with. */
export type LogRecord =
  | RecordOf<'change'>
  | RecordOf<'grant'>
  | RecordOf<'compact'>
  | { readonly kind: 'revoke'; readonly id: LeaseId; readonly change?: LoggedChange }
  /** The state at `compactRevision` comes as `base` records, all later changes as `change` records. */
  | { readonly kind: 'begin'; readonly revision: number; readonly compactRevision: number }
  | { readonly kind: 'base'; readonly entry: Entry }
  | { readonly kind: 'end' };

type RecordOf<K extends JournalRecord['kind']> = K extends 'change'
  ? { readonly kind: 'change'; readonly change: LoggedChange }
  : Extract<JournalRecord, { kind: K }>;

/** A change without what was there before, which replay finds out again. */
export interface LoggedChange {
  readonly revision: number;
  readonly entries: readonly Entry[];
}

const kinds = ['change', 'grant', 'revoke', 'compact', 'begin', 'base', 'end'] as const;

export function logged(change: Change): LoggedChange {
  return { revision: change.revision, entries: change.events.map(({ entry }) => entry) };
}

export function writeRecord(writer: ByteWriter, record: LogRecord): void {
  writer.uint8(kinds.indexOf(record.kind));
  switch (record.kind) {
    case 'change':
      return writeChange(writer, record.change);
    case 'grant':
      writer.uint64(record.id);
      return writer.varint(record.ttlSeconds);
    case 'revoke':
      writer.uint64(record.id);
      return writeChange(writer, record.change ?? { revision: 0, entries: [] });
    case 'compact':
      return writer.varint(record.revision);
    case 'begin':
      writer.varint(record.revision);
      return writer.varint(record.compactRevision);
    case 'base':
      writer.varint(record.entry.modRevision);
      return writeEntry(writer, record.entry);
    case 'end':
  }
}

export function readRecord(reader: ByteReader): LogRecord {
  const kind = kinds[reader.uint8()];
  switch (kind) {
    case 'change':
      return { kind, change: readChange(reader) };
    case 'grant':
      return { kind, id: reader.uint64(), ttlSeconds: reader.varint() };
    case 'revoke': {
      const id = reader.uint64();
      const change = readChange(reader);
      return change.entries.length > 0 ? { kind, id, change } : { kind, id };
    }
    case 'compact':
      return { kind, revision: reader.varint() };
    case 'begin':
      return { kind, revision: reader.varint(), compactRevision: reader.varint() };
    case 'base':
      return { kind, entry: readEntry(reader, reader.varint()) };
    case 'end':
      return { kind };
    default:
      throw new RangeError('a record of a kind that is not known');
  }
}

function writeChange(writer: ByteWriter, { revision, entries }: LoggedChange): void {
  writer.varint(revision);
  writer.varint(entries.length);
  for (const entry of entries) writeEntry(writer, entry);
}

function readChange(reader: ByteReader): LoggedChange {
  const revision = reader.varint();
  const entries: Entry[] = [];
  for (let left = reader.varint(); left > 0; left--) entries.push(readEntry(reader, revision));
  return { revision, entries };
}

/** The mod revision stands before, once for all entries of a change. */
function writeEntry(writer: ByteWriter, entry: Entry): void {
  writer.key(entry.key);
  // A deletion has version 0 and nothing more; a lease is rare, so its presence is one bit.
  writer.varint(2 * entry.version + (entry.lease === 0n ? 0 : 1));
  if (entry.version === 0) return;
  if (entry.lease !== 0n) writer.uint64(entry.lease);
  writer.varint(entry.modRevision - entry.createRevision);
  writer.value(entry.value);
}

function readEntry(reader: ByteReader, modRevision: number): Entry {
  const key = reader.key();
  const head = reader.varint();
  const version = Math.floor(head / 2);
  if (version === 0) return { key, value: noBytes, createRevision: 0, modRevision, version, lease: 0n };
  const lease = head % 2 === 1 ? reader.uint64() : 0n;
  const createRevision = modRevision - reader.varint();
  return { key, value: reader.value(), createRevision, modRevision, version, lease };
}
