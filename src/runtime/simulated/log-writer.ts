import type { Clock } from '../../base/clock.ts';
import { utf8 } from '../../codec/bytes.ts';
import type { File, FileSystem } from '../../machine/files.ts';
import type { Stream } from './program/effects.ts';

/** Lines longer than that are written in parts, as containerd does. */
const longestLine = 16 * 1024;
/** A log that has grown so long makes room: the newer part stays, the older one becomes `<path>.1`. The kubelet's containerLogMaxSize. */
const longestLogBytes = 10 * 1024 * 1024;

/** Writes a container's output as CRI log lines: `2026-01-01T00:00:00.000000000Z stdout F text`. */
export class LogWriter {
  readonly #clock: Clock;
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #onError: (error: unknown) => void;
  readonly #unfinished: Record<Stream, string> = { stdout: '', stderr: '' };
  #pending: Uint8Array[] = [];
  #writing: Promise<void> | undefined;
  #file: File | undefined;
  #position = 0;

  constructor(clock: Clock, files: FileSystem, path: string, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#files = files;
    this.#path = path;
    this.#onError = onError;
  }

  /** Makes the file, which is there though nothing is printed. */
  open(): void {
    this.#flush();
  }

  print(stream: Stream, text: string): void {
    const lines = (this.#unfinished[stream] + text).split('\n');
    this.#unfinished[stream] = lines.pop()!;
    for (const line of lines) this.#line(stream, line);
    if (lines.length > 0) this.#flush();
  }

  /** Writes what has no line's end yet; then all is written once it resolves. */
  async close(): Promise<void> {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#unfinished[stream] !== '') this.#line(stream, this.#unfinished[stream]);
      this.#unfinished[stream] = '';
    }
    this.#flush();
    while (this.#writing) await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  #line(stream: Stream, line: string): void {
    const time = `${new Date(this.#clock.now()).toISOString().slice(0, -1)}000000Z`;
    let rest = line;
    for (; rest.length > longestLine; rest = rest.slice(longestLine))
      this.#pending.push(utf8(`${time} ${stream} P ${rest.slice(0, longestLine)}\n`));
    this.#pending.push(utf8(`${time} ${stream} F ${rest}\n`));
  }

  #flush(): void {
    this.#writing ??= this.#write().then(
      () => this.#written(),
      (error: unknown) => {
        this.#pending = [];
        this.#written();
        this.#onError(error);
      },
    );
  }

  /** What was printed after the last look is written too. */
  #written(): void {
    this.#writing = undefined;
    if (this.#pending.length > 0) this.#flush();
  }

  async #write(): Promise<void> {
    this.#file ??= await this.#openFile();
    while (this.#pending.length > 0) {
      const lines = this.#pending;
      this.#pending = [];
      await this.#file.write(lines, this.#position);
      for (const line of lines) this.#position += line.length;
      if (this.#position > longestLogBytes) await this.#makeRoom();
    }
  }

  async #openFile(): Promise<File> {
    await this.#files.makeFolder(this.#path.slice(0, this.#path.lastIndexOf('/')), 0o755);
    const file = await this.#files.open(this.#path, { write: true, create: true, mode: 0o640 });
    this.#position = await file.size();
    return file;
  }

  async #makeRoom(): Promise<void> {
    await this.#file?.close();
    await this.#files.rename(this.#path, `${this.#path}.1`);
    this.#file = await this.#openFile();
  }
}
