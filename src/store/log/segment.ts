import { type File, FileError, type FileSystem } from '../../machine/files.ts';
import { type FileHeader, encodeHeader, headerBytes } from './file-header.ts';
import { logFileName } from './file-names.ts';

/**
 * The log file that is being written: frames up to `position`, zeros from there to `allocatedBytes`.
 * A frame only ever takes the place of zeros, so that a sync need not write the file's size, and a
 * frame for which there is room does not fail because the disk is full.
 */
export class Segment {
  readonly number: number;
  readonly #file: File;
  #position: number;
  #allocatedBytes: number;

  constructor(number: number, file: File, place: { position: number; allocatedBytes: number }) {
    this.number = number;
    this.#file = file;
    this.#position = place.position;
    this.#allocatedBytes = place.allocatedBytes;
  }

  /** Makes the file, durably. Throws ENOSPC, and leaves no file that recovery would take for a log, where there is no room. */
  static async create(files: FileSystem, folder: string, header: FileHeader, allocatedBytes: number): Promise<Segment> {
    const path = `${folder}/${logFileName(header.file, 'log')}`;
    const file = await files.open(path, { write: true, create: true });
    try {
      await file.truncate(0);
      await writeZeros(file, 0, allocatedBytes);
    } catch (error) {
      await file.close();
      await files.remove(path);
      throw error;
    }
    // The header comes last: a log file without it was never used.
    await file.write([encodeHeader(header)], 0);
    await file.sync();
    await files.syncFolder(folder);
    return new Segment(header.file, file, { position: headerBytes, allocatedBytes });
  }

  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  get usedBytes(): number {
    return this.#position;
  }

  get freeBytes(): number {
    return this.#allocatedBytes - this.#position;
  }

  /** Writes and syncs. */
  async append(frame: Uint8Array): Promise<void> {
    await this.#file.write([frame], this.#position);
    await this.#file.sync();
    this.#position += frame.length;
  }

  /** Allocates more; false where the disk is full, and then perhaps a part of it. */
  async extend(bytes: number): Promise<boolean> {
    try {
      await writeZeros(this.#file, this.#allocatedBytes, bytes);
      this.#allocatedBytes += bytes;
      return true;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#allocatedBytes = Math.max(this.#allocatedBytes, await this.#file.size());
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof FileError && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

export async function writeZeros(file: File, position: number, bytes: number): Promise<void> {
  for (let at = 0; at < bytes; at += zeros.length) await file.write([zeros.subarray(0, Math.min(zeros.length, bytes - at))], position + at);
}

const zeros = new Uint8Array(1024 * 1024);
