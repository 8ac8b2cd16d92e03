import type { StateView } from '../state-view.ts';
import type { CommitLogOptions } from './commit-log.ts';
import type { FileHeader } from './file-header.ts';
import { logFileName, storeFiles } from './file-names.ts';
import { isDiskFull } from './segment.ts';
import { writeSnapshot } from './snapshot-writer.ts';

/** When a snapshot is due, the one that is being written, and the removal of what it makes superfluous. */
export class Checkpoints {
  readonly #options: CommitLogOptions;
  /** Called with any failure but a full disk. */
  readonly #onFailure: (error: unknown) => void;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #wanted = false;
  /** Of the log, since the newest snapshot was begun. */
  #loggedBytes: number;
  #snapshotBytes: number;
  #otherBytes: number;

  constructor(options: CommitLogOptions, onFailure: (error: unknown) => void) {
    this.#options = options;
    this.#onFailure = onFailure;
    this.#snapshotBytes = options.snapshotBytes;
    this.#otherBytes = options.otherBytes;
    this.#loggedBytes = options.segment.usedBytes + options.otherBytes - options.snapshotBytes;
    this.#run(options.reserve.take());
  }

  /** What all files but the log file being written take. */
  get otherBytes(): number {
    return this.#otherBytes;
  }

  get due(): boolean {
    if (this.#running || this.#stop.signal.aborted) return false;
    return this.#wanted || this.#loggedBytes >= Math.max(this.#options.sizes.checkpointBytes, this.#snapshotBytes);
  }

  logged(bytes: number): void {
    this.#loggedBytes += bytes;
  }

  /** One is due now, however short the log. */
  want(): void {
    this.#wanted = true;
  }

  /** There is no room for one: it is due again when the log has grown, or it is wanted. */
  putOff(): void {
    this.#wanted = false;
    this.#loggedBytes = 0;
  }

  begin(header: FileHeader, view: StateView, closedLogBytes: number): void {
    this.putOff();
    this.#otherBytes += closedLogBytes;
    this.#run(this.#make(header, view));
  }

  /** Gives up the one being written; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #run(work: Promise<void>): void {
    this.#running = work
      .catch((error: unknown) => {
        if (isDiskFull(error)) this.#options.log.warn('no room on the disk for a snapshot', { folder: this.#options.folder });
        else if (!this.#stop.signal.aborted) this.#onFailure(error);
      })
      .finally(() => (this.#running = undefined));
  }

  async #make(header: FileHeader, view: StateView): Promise<void> {
    const { files, folder, reserve } = this.#options;
    const write = () => writeSnapshot(files, folder, { header, view, signal: this.#stop.signal });
    const { bytes } = await write().catch(async (error: unknown) => {
      if (isDiskFull(error) && (await reserve.giveUp())) return write();
      throw error;
    });
    const { logs, snapshots } = await storeFiles(files, folder);
    for (const log of logs) if (log < header.file) await files.remove(`${folder}/${logFileName(log, 'log')}`);
    for (const old of snapshots) if (old < header.file) await files.remove(`${folder}/${logFileName(old, 'snapshot')}`);
    this.#snapshotBytes = bytes;
    this.#otherBytes = bytes;
    await reserve.take();
  }
}
