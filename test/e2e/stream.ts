import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';

/** A program that goes on, and what it says line by line, on standard output and standard error alike. */
export interface Stream {
  /** The next line; rejects when there is none within 15 s. */
  next(): Promise<string>;
  /** The lines up to the first that matches, which is the last; rejects when none does. */
  until(wanted: RegExp): Promise<string[]>;
  /** Ends it if it has not ended. Resolves to its exit code, or 143. */
  stop(): Promise<number>;
  /** Waits for its end, 30 s at most. Resolves to its exit code. */
  end(): Promise<number>;
}

const lineMs = 15_000;
const streamMs = 30_000;

/** `what` names it in errors. */
export function streamOf(child: ChildProcess, what: string): Stream {
  const both = new PassThrough();
  child.stdout!.pipe(both, { end: false });
  child.stderr!.pipe(both, { end: false });
  child.once('close', () => both.end());
  const said = lines(both, what);
  const ended = new Promise<number>((resolve) => void child.once('exit', (code) => resolve(code ?? 143)));
  const timer = globalThis.setTimeout(() => child.kill(), streamMs);
  void ended.then(() => clearTimeout(timer));
  return {
    next: () => said.next(),
    async until(wanted) {
      const seen: string[] = [];
      for (;;) {
        const line = await said.next().catch((error: unknown) => {
          throw new Error(`no ${wanted}, but\n${seen.join('\n')}`, { cause: error });
        });
        seen.push(line);
        if (wanted.test(line)) return seen;
      }
    },
    async stop() {
      child.kill();
      return ended;
    },
    end: () => ended,
  };
}

/** The lines that a program writes, one after another. Waiting for one ends, with an error, after 15 s or with the output. */
function lines(output: NodeJS.ReadableStream, what: string): { next(): Promise<string> } {
  const reader = createInterface({ input: output })[Symbol.asyncIterator]();
  return {
    async next() {
      const late = new AbortController();
      const tooLate = setTimeout(lineMs, undefined, { signal: late.signal }).then(() => {
        throw new Error(`${what} said nothing for ${lineMs} ms`);
      });
      try {
        const { done, value } = await Promise.race([reader.next(), tooLate]);
        if (done) throw new Error(`${what} has no more to say`);
        return value;
      } finally {
        late.abort();
      }
    },
  };
}
