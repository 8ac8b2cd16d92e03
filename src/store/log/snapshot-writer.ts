import type { File, FileSystem } from '../../machine/files.ts';
import type { StateView } from '../state-view.ts';
import { versionAt } from '../index/key-versions.ts';
import { type FileHeader, encodeHeader, headerBytes } from './file-header.ts';
import { ByteWriter } from './byte-writer.ts';
import { logFileName, unfinishedSnapshotName } from './file-names.ts';
import { type ChainEnd, beginFrame, frameHeaderBytes, sealFrame, seedOf } from './frame.ts';
import { type LogRecord, logged, writeRecord } from './record-codec.ts';

/**
 * Writes a state beside the log and gives it its name when it is whole and synced. Writers go on
 * meanwhile: the view does not change, and every megabyte the event loop gets its turn.
 * Throws what the disk throws, `signal`'s reason when it aborts; no unfinished file is left then.
 */
export async function writeSnapshot(
  files: FileSystem,
  folder: string,
  { header, view, signal }: { header: FileHeader; view: StateView; signal: AbortSignal },
): Promise<{ bytes: number }> {
  const unfinished = `${folder}/${unfinishedSnapshotName}`;
  const file = await files.open(unfinished, { write: true, create: true });
  let bytes: number;
  try {
    await file.truncate(0);
    bytes = await writeAll(file, header, view, signal);
    await file.sync();
  } catch (error) {
    await file.close();
    await files.remove(unfinished);
    throw error;
  }
  await file.close();
  await files.rename(unfinished, `${folder}/${logFileName(header.file, 'snapshot')}`);
  await files.syncFolder(folder);
  return { bytes };
}

async function writeAll(file: File, header: FileHeader, view: StateView, signal: AbortSignal): Promise<number> {
  await file.write([encodeHeader(header)], 0);
  const idSeed = seedOf(header.storeId);
  let position = headerBytes;
  let end: ChainEnd = { number: 0, chain: header.chain };
  const writer = new ByteWriter(2 * frameBytes);
  beginFrame(writer);
  const writeFrame = async () => {
    signal.throwIfAborted();
    end = sealFrame(writer, idSeed, end);
    await file.write([writer.bytes()], position);
    position += writer.length;
    writer.clear();
    beginFrame(writer);
  };
  for (const fill of fillsOf(view)) if (fill(writer)) await writeFrame();
  if (writer.length > frameHeaderBytes) await writeFrame();
  return position;
}

/** Each adds records to the frame until it is full (true) or it has no more to add. */
function* fillsOf(view: StateView): Generator<(writer: ByteWriter) => boolean> {
  const add = (record: LogRecord) => (writer: ByteWriter) => {
    writeRecord(writer, record);
    return writer.length >= frameBytes;
  };
  yield add({ kind: 'begin', revision: view.revision, compactRevision: view.compactRevision });
  for (const { id, ttlSeconds } of view.leases) yield add({ kind: 'grant', id, ttlSeconds });
  for (let from: string | undefined = ''; from !== undefined;) {
    const start: string = from;
    from = undefined;
    yield (writer) => {
      from = addBase(writer, view, start);
      return from !== undefined;
    };
  }
  for (const change of view.changes) yield add({ kind: 'change', change: logged(change) });
  yield add({ kind: 'end' });
}

/** Adds what was there at the compacted revision, from a key on, until the frame is full; returns the key to go on from. */
function addBase(writer: ByteWriter, view: StateView, start: string): string | undefined {
  let goOn: string | undefined;
  view.tree.scan({ start, end: '\0' }, (versions, key) => {
    const entry = versionAt(versions, view.compactRevision);
    if (entry) writeRecord(writer, { kind: 'base', entry });
    if (writer.length < frameBytes) return true;
    goOn = `${key}\0`;
    return false;
  });
  return goOn;
}

const frameBytes = 1024 * 1024;
