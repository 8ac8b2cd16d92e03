import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, fstatSync, write } from 'node:fs';
import { dirname } from 'node:path';

export interface LogFileOptions {
  readonly path: string;
  /** A file is put aside when it has grown past this; 10 MiB when absent. */
  readonly maxBytes?: number;
  /** How many put aside are kept, `.1` the newest; 3 when absent. */
  readonly keep?: number;
}

export interface LogFile {
  /** Appends a line, sooner or later, in order. Never throws: a log that cannot be written must not stop the cluster. */
  line(text: string): void;
  /** Resolves when everything said so far is in the file. */
  flush(): Promise<void>;
}

/** A log file that rotates by size. Lines gather while a write is under way. */
export function logFile({ path, maxBytes = 10 * 1024 * 1024, keep = 3 }: LogFileOptions): LogFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let file = openSync(path, 'a', 0o600);
  let size = fstatSync(file).size;
  let pending: string[] = [];
  let writing: Promise<void> | undefined;

  const rotate = () => {
    closeSync(file);
    for (let n = keep; n > 0; n--) {
      const from = n === 1 ? path : `${path}.${n - 1}`;
      if (existsSync(from)) renameSync(from, `${path}.${n}`);
    }
    if (keep === 0) rmSync(path, { force: true });
    file = openSync(path, 'a', 0o600);
    size = 0;
  };
  const drain = async () => {
    while (pending.length > 0) {
      const bytes = Buffer.from(`${pending.join('\n')}\n`);
      pending = [];
      if (size > 0 && size + bytes.length > maxBytes) rotate();
      size += bytes.length;
      await new Promise<void>((resolve) => write(file, bytes, () => resolve()));
    }
    writing = undefined;
  };
  return {
    line(text) {
      pending.push(text);
      writing ??= Promise.resolve().then(drain);
    },
    flush: async () => writing,
  };
}
