import type { Log } from '../../base/log.ts';
import type { FileSystem } from '../../machine/files.ts';
import { reserveName } from './file-names.ts';
import { isDiskFull, writeZeros } from './segment.ts';

/**
 * Space set aside for the day the disk is full: it is given up for the snapshot that makes the log
 * before it superfluous, and so makes room, and taken again after that.
 */
export class ReserveFile {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #bytes: number;
  readonly #log: Log;
  #held = false;

  constructor(files: FileSystem, folder: string, bytes: number, log: Log) {
    this.#files = files;
    this.#path = `${folder}/${reserveName}`;
    this.#bytes = bytes;
    this.#log = log;
  }

  get heldBytes(): number {
    return this.#held ? this.#bytes : 0;
  }

  /** Takes the space, as far as the disk has it. */
  async take(): Promise<void> {
    if (this.#held || this.#bytes === 0) return;
    const file = await this.#files.open(this.#path, { write: true, create: true });
    try {
      const size = await file.size();
      if (size < this.#bytes) await writeZeros(file, size, this.#bytes - size);
      await file.sync();
      this.#held = true;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#log.warn('no room on the disk for the reserve', { file: this.#path, bytes: this.#bytes });
      await this.#files.remove(this.#path);
    } finally {
      await file.close();
    }
  }

  /** Gives the space up; false where there is none. */
  async giveUp(): Promise<boolean> {
    if (!this.#held) return false;
    this.#held = false;
    await this.#files.remove(this.#path);
    return true;
  }
}
