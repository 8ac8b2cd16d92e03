import type { File, FileSystem } from '../../machine/files.ts';
import { CorruptError } from '../store.ts';
import { BboltFile } from './bbolt-file.ts';
import { PageReader } from './page-reader.ts';
import type { NewSha256 } from './sha256-stream.ts';

/** What vouches for the content: etcd's tools append a SHA-256, and a database file that was merely copied has none. */
export type Trailer = 'verified' | 'absent' | 'unchecked';

export interface OpenSnapshotOptions {
  readonly files: FileSystem;
  readonly path: string;
  readonly newSha256: NewSha256;
  /** Read it even where the checksum is wrong, as `--skip-hash-check` of etcd's tools. */
  readonly skipHashCheck?: boolean;
}

/** A file that `etcdctl snapshot save` wrote, or etcd's own `member/snap/db`. */
export interface SnapshotFile extends AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
  readonly trailer: Trailer;
  readonly database: BboltFile;
}

const trailerBytes = 32;
const readBytes = 1024 * 1024;

/**
 * Throws `CorruptError` for a file that is damaged or no snapshot, whatever the file system throws
 * else. A checksum is always compared before anything else is believed: pages have none of their own.
 */
export async function openSnapshot({ files, path, newSha256, skipHashCheck = false }: OpenSnapshotOptions): Promise<SnapshotFile> {
  const file = await files.open(path);
  try {
    const sizeBytes = await file.size();
    const hasTrailer = trailerFollows(sizeBytes, path);
    const size = hasTrailer ? sizeBytes - trailerBytes : sizeBytes;
    if (hasTrailer && !skipHashCheck) await verify(file, path, size, newSha256);
    const database = await BboltFile.open(new PageReader(file, path, size));
    const trailer = hasTrailer ? (skipHashCheck ? 'unchecked' : 'verified') : 'absent';
    return { path, sizeBytes, trailer, database, [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Etcd's rule: pages are multiples of 512 bytes, so a checksum shows in the size. */
function trailerFollows(size: number, path: string): boolean {
  const rest = size % 512;
  if (size === 0) throw new CorruptError(path, 0, 'the file is empty');
  if (rest !== 0 && rest !== trailerBytes)
    throw new CorruptError(
      path,
      size,
      `a file of ${size} bytes is no snapshot, or was cut off: pages are whole, and at most a checksum follows`,
    );
  return rest === trailerBytes;
}

/** Reads the next piece while the last one is being hashed: two buffers take turns. */
async function verify(file: File, path: string, size: number, newSha256: NewSha256): Promise<void> {
  const hash = newSha256();
  let [free, taken] = [new Uint8Array(readBytes), new Uint8Array(readBytes)];
  let reading = readInto(file, path, 0, free.subarray(0, size));
  for (let at = 0; at < size;) {
    const bytes = await reading;
    at += bytes.length;
    [free, taken] = [taken, free];
    reading = readInto(file, path, at, free.subarray(0, at < size ? size - at : trailerBytes));
    hash.update(bytes);
  }
  const expected = await reading;
  const actual = hash.digest();
  if (!expected.every((byte, i) => byte === actual[i]))
    throw new CorruptError(path, size, 'the checksum does not match: the file is not what was saved');
}

/** Fills the buffer. */
async function readInto(file: File, path: string, position: number, bytes: Uint8Array): Promise<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const count = await file.read(bytes.subarray(at), position + at);
    if (count === 0) throw new CorruptError(path, position + at, 'the file has become shorter while it was read');
    at += count;
  }
  return bytes;
}
