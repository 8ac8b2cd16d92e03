import type { Log } from '../../base/log.ts';
import type { FileSystem } from '../../machine/files.ts';
import type { StateView } from '../state-view.ts';
import type { Journal, JournalListener, JournalRecord, JournalUse } from '../journal.ts';
import { NoSpaceError } from '../store.ts';
import { ByteWriter } from './byte-writer.ts';
import { Checkpoints } from './checkpoints.ts';
import { type FileHeader, headerBytes } from './file-header.ts';
import { type ChainEnd, beginFrame, frameHeaderBytes, sealFrame, seedOf } from './frame.ts';
import type { LogSizes } from './log-sizes.ts';
import { logged, writeRecord } from './record-codec.ts';
import type { ReserveFile } from './reserve-file.ts';
import { Segment, isDiskFull } from './segment.ts';

export interface CommitLogOptions {
  readonly files: FileSystem;
  readonly folder: string;
  readonly storeId: Uint8Array;
  /** Where recovery found the log to end. */
  readonly segment: Segment;
  readonly chainEnd: ChainEnd;
  /** What all files but the segment take. */
  readonly otherBytes: number;
  readonly snapshotBytes: number;
  readonly sizes: LogSizes;
  readonly reserve: ReserveFile;
  readonly listener: JournalListener;
  /** The state with everything appended so far. */
  readonly view: () => StateView;
  readonly log: Log;
}

/**
 * The log: records gather in a frame while the one before is on its way to the disk, then follow it
 * with one write and one sync. A lone writer waits for nobody. The first failure is the last thing
 * this log does: what a failed write or sync left behind cannot be known, so nothing is tried again.
 */
export class CommitLog implements Journal {
  readonly #options: CommitLogOptions;
  readonly #idSeed: number;
  readonly #checkpoints: Checkpoints;
  #segment: Segment;
  #chainEnd: ChainEnd;
  /** Records that are in no frame yet, and the frame that is being written; they change places. */
  #gathering = emptyFrame();
  #writing = emptyFrame();
  #appended = 0;
  #work: Promise<void> | undefined;
  #waiters: Waiter[] = [];
  /** The last try to allocate found the disk full. */
  #diskFull = false;
  /** While the log goes over to a new file: what is free in that one. Nobody knows yet which of the two a record will be in. */
  #turningOverTo: number | undefined;
  #stopped = false;
  #closed: Promise<void> | undefined;

  constructor(options: CommitLogOptions) {
    this.#options = options;
    this.#idSeed = seedOf(options.storeId);
    this.#segment = options.segment;
    this.#chainEnd = options.chainEnd;
    this.#checkpoints = new Checkpoints(options, (error) => this.#fail(error));
  }

  get sizeBytes(): number {
    return this.#segment.allocatedBytes + this.#checkpoints.otherBytes + this.#options.reserve.heldBytes;
  }

  room(bytes: number, use: JournalUse): Promise<void> | undefined {
    if (this.#stopped || this.#hasRoom(bytes, use)) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiters.push({ bytes, use, resolve, reject });
      this.#wake();
    });
  }

  append(record: JournalRecord): number {
    writeRecord(this.#gathering, forLog(record));
    // Space that was just compacted away is worth a snapshot when the disk has no other.
    if (record.kind === 'compact' && this.#diskFull) this.#checkpoints.want();
    this.#wake();
    return ++this.#appended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#checkpoints.stop();
    while (this.#work) await this.#work;
    this.#stopped = true;
    await this.#segment.close();
  }

  #hasRoom(bytes: number, use: JournalUse): boolean {
    const { reserveBytes } = this.#options.sizes;
    const kept = { put: reserveBytes, delete: reserveBytes / 8, compact: 0 }[use];
    return this.#freeBytes() - frameHeaderBytes - bytes >= kept;
  }

  /** Less the frame that is on its way, which the segment does not count as used yet. */
  #freeBytes(): number {
    const segment = this.#segment.freeBytes - this.#writing.length;
    return Math.min(segment, this.#turningOverTo ?? segment) - this.#gathering.length;
  }

  /** Starts a moment later, so that writers who were told together write together. */
  #wake(): void {
    this.#work ??= Promise.resolve().then(() => this.#run());
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopped && (this.#gathering.length > frameHeaderBytes || this.#waiters.length > 0 || this.#checkpoints.due)) {
        await this.#allocate();
        if (this.#checkpoints.due) await this.#turnOver();
        else await this.#writeFrame();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#work = undefined;
  }

  async #writeFrame(): Promise<void> {
    if (this.#gathering.length === frameHeaderBytes) return;
    [this.#writing, this.#gathering] = [this.#gathering, this.#writing];
    const last = this.#appended;
    this.#chainEnd = sealFrame(this.#writing, this.#idSeed, this.#chainEnd);
    await this.#segment.append(this.#writing.bytes());
    this.#checkpoints.logged(this.#writing.length);
    if (this.#writing.length > keptFrameBytes) this.#writing = emptyFrame();
    this.#writing.clear();
    beginFrame(this.#writing);
    this.#options.listener.durable(last);
  }

  /** Sees to it that writers find room, before they have to wait for it if it can be. */
  async #allocate(): Promise<void> {
    const { reserveBytes, stepBytes } = this.#options.sizes;
    const waiters = this.#waiters.slice();
    const wanted = waiters.reduce((sum, { bytes }) => sum + bytes + frameHeaderBytes, 0);
    const short = reserveBytes + wanted - this.#freeBytes();
    const ahead = this.#diskFull ? 0 : stepBytes / 2;
    if (short + ahead > 0 && (waiters.length > 0 || !this.#diskFull))
      this.#noteDiskFull(!(await this.#segment.extend(Math.ceil((short + ahead) / stepBytes) * stepBytes)));
    this.#waiters.splice(0, waiters.length);
    for (const { bytes, use, resolve, reject } of waiters) {
      // On a disk that is not full, somebody else took the room meanwhile: they ask again.
      if (this.#hasRoom(bytes, use) || !this.#diskFull) resolve();
      else reject(new NoSpaceError());
    }
  }

  #noteDiskFull(full: boolean): void {
    if (full && !this.#diskFull)
      this.#options.log.warn('the disk is full: only deletes and compaction go on', { folder: this.#options.folder });
    this.#diskFull = full;
  }

  /** Ends this log file with a frame and goes on in a new one; a snapshot of all before it is begun. */
  async #turnOver(): Promise<void> {
    const { files, folder, storeId, sizes, reserve } = this.#options;
    const sizeBytes = sizes.reserveBytes + sizes.stepBytes;
    const view = this.#options.view();
    this.#turningOverTo = sizeBytes - headerBytes;
    await this.#writeFrame();
    const header: FileHeader = {
      kind: 'log',
      storeId,
      file: this.#segment.number + 1,
      firstFrame: this.#chainEnd.number,
      chain: this.#chainEnd.chain,
    };
    const create = () => Segment.create(files, folder, header, sizeBytes);
    const next = await orUndefinedWhenFull(create);
    const segment = next ?? ((await reserve.giveUp()) ? await orUndefinedWhenFull(create) : undefined);
    this.#turningOverTo = undefined;
    if (!segment) {
      this.#noteDiskFull(true);
      return this.#checkpoints.putOff();
    }
    const old = this.#segment;
    this.#segment = segment;
    await old.close();
    this.#checkpoints.begin({ ...header, kind: 'snapshot' }, view, old.allocatedBytes);
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.listener.failed(error);
    // They ask the store again, and it tells them.
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }
}

interface Waiter {
  readonly bytes: number;
  readonly use: JournalUse;
  readonly resolve: () => void;
  readonly reject: (reason: NoSpaceError) => void;
}

/** A frame's memory is used again unless it was an unusually large one. */
const keptFrameBytes = 4 * 1024 * 1024;

function emptyFrame(): ByteWriter {
  const writer = new ByteWriter(64 * 1024);
  beginFrame(writer);
  return writer;
}

function forLog(record: JournalRecord): Parameters<typeof writeRecord>[1] {
  if (record.kind === 'change') return { kind: 'change', change: logged(record.change) };
  if (record.kind === 'revoke') return { kind: 'revoke', id: record.id, ...(record.change && { change: logged(record.change) }) };
  return record;
}

async function orUndefinedWhenFull<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isDiskFull(error)) return undefined;
    throw error;
  }
}
