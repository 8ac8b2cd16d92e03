import { sleep } from '../../base/clock.ts';
import type { Env } from '../../base/env.ts';
import { concatBytes } from '../../codec/bytes.ts';
import { FileError, type File, type FileSystem } from '../../machine/files.ts';
import { LineSplitter, LogFormatter, parseCriLogLine } from './cri-log.ts';
import type { LogOptions } from './log-options.ts';

export interface ReadLogInput {
  readonly files: FileSystem;
  readonly env: Pick<Env, 'clock' | 'signal'>;
  readonly path: string;
  readonly options: LogOptions;
  /** Something may still be written. */
  readonly isRunning: () => Promise<boolean>;
  /** Aborts when nobody listens any more. */
  readonly signal?: AbortSignal;
}

const chunkBytes = 64 * 1024;
const followEveryMs = 250;

/** What is in a container's log now. A log that was never begun is empty. */
export async function readLog({ files, path, options }: ReadLogInput): Promise<Uint8Array> {
  const formatter = new LogFormatter(options);
  return concatBytes(formatted(tail(await linesOf(files, path), options), formatter));
}

/** What is in it now, then what is added, until the container has ended. */
export async function* followLog({ files, env, path, options, isRunning, signal }: ReadLogInput): AsyncGenerator<Uint8Array> {
  const formatter = new LogFormatter(options);
  const file = await openWhenThere(files, path);
  if (!file) return;
  try {
    const splitter = new LineSplitter();
    const ended = AbortSignal.any([env.signal, ...(signal ? [signal] : [])]);
    let position = 0;
    let first = true;
    while (!ended.aborted && !formatter.full) {
      const alive = await isRunning();
      const bytes = await readFrom(file, position);
      position += bytes.length;
      const lines = splitter.add(bytes);
      for (const piece of formatted(first ? tail(lines, options) : lines, formatter)) yield piece;
      first = false;
      if (bytes.length > 0) continue;
      if (!alive) return;
      await sleep(env.clock, followEveryMs, ended);
    }
  } finally {
    await file.close();
  }
}

async function linesOf(files: FileSystem, path: string): Promise<string[]> {
  const file = await openWhenThere(files, path);
  if (!file) return [];
  try {
    return new LineSplitter().add(await readFrom(file, 0));
  } finally {
    await file.close();
  }
}

const tail = (lines: readonly string[], { tailLines }: LogOptions): readonly string[] =>
  tailLines === undefined ? lines : tailLines === 0 ? [] : lines.slice(-tailLines);

function formatted(lines: readonly string[], formatter: LogFormatter): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (const line of lines) {
    if (formatter.full) break;
    const parsed = parseCriLogLine(line);
    const piece = parsed && formatter.format(parsed);
    if (piece) pieces.push(piece);
  }
  return pieces;
}

async function openWhenThere(files: FileSystem, path: string): Promise<File | undefined> {
  try {
    return await files.open(path);
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All there is from a position on. */
async function readFrom(file: File, position: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let at = position; ;) {
    const chunk = new Uint8Array(chunkBytes);
    const count = await file.read(chunk, at);
    if (count === 0) return concatBytes(chunks);
    chunks.push(chunk.subarray(0, count));
    at += count;
  }
}
