import { constants, writeSync, writevSync } from 'node:fs';
import { type FileHandle, access, mkdir, open, readFile, readdir, rename, unlink } from 'node:fs/promises';
import { type File, FileError, type FileSystem, type OpenOptions } from '../files.ts';

/** The files of the machine this process runs on. */
export const realFiles: FileSystem = {
  async open(path, { write = false, create = false, exclusive = false, mode = 0o600 }: OpenOptions = {}) {
    const flags =
      (write ? constants.O_RDWR : constants.O_RDONLY) | (create ? constants.O_CREAT : 0) | (create && exclusive ? constants.O_EXCL : 0);
    return new RealFile(await asFileError(open(path, flags, mode)));
  },
  async readFile(path) {
    return asFileError(readFile(path));
  },
  async list(folder) {
    return (await asFileError(readdir(folder))).sort();
  },
  async exists(path) {
    return access(path).then(
      () => true,
      () => false,
    );
  },
  async makeFolder(path, mode) {
    await asFileError(mkdir(path, { recursive: true, mode }));
  },
  async rename(from, to) {
    await asFileError(rename(from, to));
  },
  async remove(path) {
    await asFileError(unlink(path));
  },
  async syncFolder(path) {
    const folder = await asFileError(open(path, constants.O_RDONLY | constants.O_DIRECTORY));
    try {
      await asFileError(folder.sync());
    } finally {
      await folder.close();
    }
  },
};

class RealFile implements File {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await asFileError(this.#handle.stat())).size;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    if (into.length === 0) return 0;
    return (await asFileError(this.#handle.read(into, 0, into.length, position))).bytesRead;
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    // A small write into the page cache is over sooner than a trip to the thread pool and back.
    if (bytes <= smallWriteBytes) return writeNow(this.#handle.fd, chunks, position);
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await asFileError(this.#handle.write(chunk, at, chunk.length - at, position));
        at += bytesWritten;
        position += bytesWritten;
      }
    }
  }

  async truncate(size: number): Promise<void> {
    await asFileError(this.#handle.truncate(size));
  }

  async sync(): Promise<void> {
    await asFileError(this.#handle.datasync());
  }

  async close(): Promise<void> {
    await asFileError(this.#handle.close());
  }
}

const smallWriteBytes = 64 * 1024;

function writeNow(fd: number, chunks: readonly Uint8Array[], position: number): void {
  try {
    const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (chunks.length > 1 && writevSync(fd, chunks, position) === total) return;
    // One chunk, or the rare short write: from the start, each to its end.
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) at += writeSync(fd, chunk, at, chunk.length - at, position + at);
      position += chunk.length;
    }
  } catch (error) {
    throw fileError(error);
  }
}

async function asFileError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw fileError(error);
  }
}

function fileError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  return new FileError(error.code, error.message, { cause: error });
}
