import { text, utf8 } from '../../codec/bytes.ts';
import type { LogOptions } from './log-options.ts';

/** A line of a container's log file: `2026-01-01T00:00:00.000000000Z stdout F what was said`. */
export interface CriLogLine {
  /** RFC 3339 with nanoseconds. */
  readonly time: string;
  readonly stream: string;
  /** The line goes on in the next one (`P`). */
  readonly partial: boolean;
  readonly content: string;
}

/** undefined for what is no such line. Source: k8s.io/cri-client/pkg/logs. */
export function parseCriLogLine(line: string): CriLogLine | undefined {
  const found = /^(\S+) (stdout|stderr) (\S+) ?(.*)$/s.exec(line);
  if (!found) return undefined;
  const [, time = '', stream = '', tags = '', content = ''] = found;
  return { time, stream, partial: tags.split(':')[0] === 'P', content };
}

const newline = 0x0a;

/** Cuts bytes, as they come, into whole lines; what is left of one waits for the rest. */
export class LineSplitter {
  #rest = new Uint8Array(0);

  add(bytes: Uint8Array): string[] {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const end = all.lastIndexOf(newline) + 1;
    this.#rest = all.slice(end);
    return end === 0 ? [] : text(all.subarray(0, end - 1)).split('\n');
  }
}

/** Turns lines into what the caller gets to see, up to its limit of bytes. */
export class LogFormatter {
  readonly #options: LogOptions;
  #leftBytes: number;
  /** The last line is not over yet, so the next needs no timestamp of its own. */
  #midLine = false;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#leftBytes = options.limitBytes ?? Infinity;
  }

  get full(): boolean {
    return this.#leftBytes <= 0;
  }

  /** undefined for a line that is not asked for. */
  format(line: CriLogLine): Uint8Array | undefined {
    const { timestamps, sinceMs, stream } = this.#options;
    if (stream && stream !== line.stream) return undefined;
    if (sinceMs !== undefined && Date.parse(line.time) < sinceMs) return undefined;
    const prefix = timestamps && !this.#midLine ? `${line.time} ` : '';
    this.#midLine = line.partial;
    const bytes = utf8(`${prefix}${line.content}${line.partial ? '' : '\n'}`);
    const taken = bytes.length > this.#leftBytes ? bytes.subarray(0, this.#leftBytes) : bytes;
    this.#leftBytes -= taken.length;
    return taken;
  }
}
