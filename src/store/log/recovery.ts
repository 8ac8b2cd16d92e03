import type { Log } from '../../base/log.ts';
import type { Rng } from '../../base/rng.ts';
import type { File, FileSystem } from '../../machine/files.ts';
import { CorruptError, StoreError } from '../store.ts';
import { ByteReader } from './byte-reader.ts';
import { type FileHeader, type LogFileKind, decodeHeader, headerBytes } from './file-header.ts';
import { logFileName, storeFiles, unfinishedSnapshotName } from './file-names.ts';
import { type ChainEnd, seedOf } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import type { LogSizes } from './log-sizes.ts';
import { readRecord } from './record-codec.ts';
import type { Replay } from './replay.ts';
import { Segment, writeZeros } from './segment.ts';

export interface Recovered {
  readonly storeId: Uint8Array;
  /** The last log file, open for writing. */
  readonly segment: Segment;
  readonly chainEnd: ChainEnd;
  /** What the snapshot and the log files before the last take. */
  readonly otherBytes: number;
  readonly snapshotBytes: number;
}

export interface RecoveryOptions {
  readonly files: FileSystem;
  readonly folder: string;
  readonly sizes: LogSizes;
  readonly rng: Rng;
  readonly log: Log;
}

/**
 * Reads the newest snapshot and the log files after it, and gives every record to `replay`. The end
 * of the last file may be half a frame that the power took: nobody was told of it, and it is cut off.
 * Any other damage is refused with `CorruptError`, for then something that somebody was told is gone.
 */
export async function recover(options: RecoveryOptions, replay: Replay): Promise<Recovered> {
  const { files, folder, rng, sizes } = options;
  await files.makeFolder(folder, 0o700);
  await files.syncFolder(parentOf(folder));
  if (await files.exists(`${folder}/${unfinishedSnapshotName}`)) await files.remove(`${folder}/${unfinishedSnapshotName}`);
  const { logs, snapshots } = await withoutUnusedLog(options);
  const snapshot = snapshots.at(-1);
  if (snapshot === undefined && logs.length === 0) {
    const storeId = Uint8Array.from({ length: 16 }, () => rng.below(256));
    const header: FileHeader = { kind: 'log', storeId, file: 1, firstFrame: 1, chain: 0 };
    const segment = await Segment.create(files, folder, header, sizes.reserveBytes + sizes.stepBytes);
    return { storeId, segment, chainEnd: { number: 1, chain: 0 }, otherBytes: 0, snapshotBytes: 0 };
  }
  const base = snapshot === undefined ? undefined : await readSnapshot(options, snapshot, replay);
  const recovered = await readLogs(options, base, logs, replay);
  for (const log of logs) if (base && log < base.header.file) await files.remove(`${folder}/${logFileName(log, 'log')}`);
  for (const old of snapshots) if (old !== snapshot) await files.remove(`${folder}/${logFileName(old, 'snapshot')}`);
  return recovered;
}

interface Base {
  readonly header: FileHeader;
  readonly bytes: number;
}

async function readSnapshot(options: RecoveryOptions, number: number, replay: Replay): Promise<Base> {
  return reading(options, number, 'snapshot', async (file, path) => {
    const header = await readHeader(file, path, 'snapshot');
    const frames = await FrameReader.over(file, {
      idSeed: seedOf(header.storeId),
      offset: headerBytes,
      next: { number: 0, chain: header.chain },
    });
    const { end } = await replayFrames(frames, path, replay);
    if (end.kind === 'damage') throw new CorruptError(path, end.offset, end.problem);
    if (!replay.ended) throw new CorruptError(path, end.offset, 'the snapshot ends too early');
    return { header, bytes: frames.size };
  });
}

async function readLogs(options: RecoveryOptions, base: Base | undefined, logs: readonly number[], replay: Replay): Promise<Recovered> {
  const first = base?.header.file ?? 1;
  const last = logs.at(-1) ?? first;
  let storeId = base?.header.storeId;
  let chainEnd = base && { number: base.header.firstFrame, chain: base.header.chain };
  let otherBytes = base?.bytes ?? 0;
  for (let number = first; ; number++) {
    if (!logs.includes(number)) throw new CorruptError(`${options.folder}/${logFileName(number, 'log')}`, 0, 'the file is missing');
    const read = await reading(options, number, 'log', async (file, path) => {
      const header = await readHeader(file, path, 'log');
      assertFollows(path, header, { number, storeId, chainEnd });
      return { header, ...(await readLog(file, path, { header, isLast: number === last, log: options.log }, replay)) };
    });
    storeId = read.header.storeId;
    chainEnd = read.chainEnd;
    if (number === last) {
      const segment = await openEnd(options, number, read);
      return { storeId, segment, chainEnd, otherBytes, snapshotBytes: base?.bytes ?? 0 };
    }
    otherBytes += read.size;
  }
}

interface ReadLog {
  readonly chainEnd: ChainEnd;
  /** Where the last frame begins, or the header where there is none. */
  readonly lastFrame: number;
  /** Where the next frame goes. */
  readonly position: number;
  readonly size: number;
  /** Whether half a frame stands from `position` on. */
  readonly torn: boolean;
}

async function readLog(
  file: File,
  path: string,
  { header, isLast, log }: { header: FileHeader; isLast: boolean; log: Log },
  replay: Replay,
): Promise<ReadLog> {
  const frames = await FrameReader.over(file, {
    idSeed: seedOf(header.storeId),
    offset: headerBytes,
    next: { number: header.firstFrame, chain: header.chain },
  });
  const { end, lastFrame = 0 } = await replayFrames(frames, path, replay);
  if (end.kind === 'damage') {
    // A frame is written only after the one before it was synced: with a later one here, this one was whole once.
    if (!isLast || (await frames.hasLaterFrame())) throw new CorruptError(path, end.offset, end.problem);
    log.warn('cut off the end of the log, which was being written when the store stopped', {
      file: path,
      offset: end.offset,
      problem: end.problem,
    });
  }
  return { chainEnd: frames.chainEnd, lastFrame, position: end.offset, size: frames.size, torn: end.kind === 'damage' };
}

/** Returns where the last frame begins, and what stands after it. */
async function replayFrames(frames: FrameReader, path: string, replay: Replay) {
  let lastFrame: number | undefined;
  for (;;) {
    const frame = await frames.next();
    if (frame.kind !== 'frame') return { end: frame, lastFrame };
    lastFrame = frame.offset;
    try {
      const reader = new ByteReader(frame.payload);
      while (!reader.done) replay.apply(readRecord(reader));
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw new CorruptError(path, frame.offset, error instanceof Error ? error.message : String(error));
    }
  }
}

function assertFollows(
  path: string,
  header: FileHeader,
  expected: { number: number; storeId: Uint8Array | undefined; chainEnd: ChainEnd | undefined },
): void {
  const { storeId, chainEnd } = expected;
  if (header.file !== expected.number) throw new CorruptError(path, 0, `the file says it is number ${header.file}`);
  if (storeId?.some((byte, i) => byte !== header.storeId[i])) throw new CorruptError(path, 0, 'the file belongs to another store');
  if (chainEnd && (header.firstFrame !== chainEnd.number || header.chain !== chainEnd.chain))
    throw new CorruptError(path, 0, `the file begins with record ${header.firstFrame}, but record ${chainEnd.number} comes next`);
}

/**
 * Clears what follows the last frame, and makes sure that everything read is on the disk and not only
 * in its cache: the process before may have been killed before its last sync, or that one failed. After
 * a failed one the cache takes what it holds for written; only writing it again makes a sync write it.
 */
async function openEnd({ files, folder }: RecoveryOptions, number: number, read: ReadLog): Promise<Segment> {
  const { lastFrame, position, size, torn } = read;
  const file = await files.open(`${folder}/${logFileName(number, 'log')}`, { write: true });
  await rewrite(file, 0, headerBytes);
  await rewrite(file, lastFrame, position);
  if (torn) await writeZeros(file, position, size - position);
  await file.sync();
  await files.syncFolder(folder);
  return new Segment(number, file, { position, allocatedBytes: size });
}

async function rewrite(file: File, from: number, to: number): Promise<void> {
  const bytes = new Uint8Array(to - from);
  for (let at = 0; at < bytes.length;) {
    const count = await file.read(bytes.subarray(at), from + at);
    if (count === 0) throw new Error('a log file shrank while it was read');
    at += count;
  }
  await file.write([bytes], from);
}

/** A log file that was being made when the store stopped has no header yet, and nothing else: it is removed. */
async function withoutUnusedLog(options: RecoveryOptions) {
  const { files, folder } = options;
  const found = await storeFiles(files, folder);
  const last = found.logs.at(-1);
  if (last === undefined) return found;
  const unused = await reading(options, last, 'log', async (file, path) => {
    try {
      await readHeader(file, path, 'log');
      return false;
    } catch (error) {
      if (!(error instanceof CorruptError)) throw error;
      const frames = await FrameReader.over(file, { idSeed: 0, offset: headerBytes, next: { number: 0, chain: 0 } });
      if ((await frames.next()).kind !== 'end') throw error;
      return true;
    }
  });
  if (!unused) return found;
  await files.remove(`${folder}/${logFileName(last, 'log')}`);
  return { ...found, logs: found.logs.slice(0, -1) };
}

async function readHeader(file: File, path: string, kind: LogFileKind): Promise<FileHeader> {
  const bytes = new Uint8Array(headerBytes);
  const count = await file.read(bytes, 0);
  return decodeHeader(path, kind, bytes.subarray(0, count));
}

async function reading<T>(
  { files, folder }: RecoveryOptions,
  number: number,
  kind: LogFileKind,
  work: (file: File, path: string) => Promise<T>,
): Promise<T> {
  const path = `${folder}/${logFileName(number, kind)}`;
  const file = await files.open(path);
  try {
    return await work(file, path);
  } finally {
    await file.close();
  }
}

function parentOf(folder: string): string {
  const at = folder.lastIndexOf('/');
  return at < 0 ? '.' : folder.slice(0, at) || '/';
}
