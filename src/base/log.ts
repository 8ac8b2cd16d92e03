import type { Clock } from './clock.ts';

/** Structured fields of a log line, written after the message as `key="value"`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** klog's levels: info lines carry a verbosity, 0 always shown. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  /** Shown only when the log's verbosity is at least `level`. */
  verbose(level: number, message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(error: unknown, message: string, fields?: LogFields): void;
  /** A log whose lines name a component. */
  named(component: string): Log;
}

export interface LogOptions {
  readonly clock: Clock;
  /** Takes one line, without its newline. */
  readonly write: (line: string) => void;
  /** klog's `-v`; 0 when absent. */
  readonly verbosity?: number;
}

/** Lines in klog's structured form: `I1124 08:46:38.000000 component] "message" key="value"`. Times are UTC. */
export function klog({ clock, write, verbosity = 0 }: LogOptions, component = 'slipway'): Log {
  const line = (severity: string, message: string, fields: LogFields = {}) => {
    const at = new Date(clock.now()).toISOString();
    const stamp = `${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 23)}000`;
    const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${shown(value)}`);
    write(`${severity}${stamp} ${component}] ${JSON.stringify(message)}${pairs.join('')}`);
  };
  return {
    info: (message, fields) => line('I', message, fields),
    verbose: (level, message, fields) => {
      if (level <= verbosity) line('I', message, fields);
    },
    warn: (message, fields) => line('W', message, fields),
    error: (error, message, fields) => line('E', message, { err: error instanceof Error ? error.message : error, ...fields }),
    named: (name) => klog({ clock, write, verbosity }, name),
  };
}

export const silentLog: Log = {
  info() {},
  verbose() {},
  warn() {},
  error() {},
  named: () => silentLog,
};

function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return JSON.stringify(typeof value === 'string' ? value : (value ?? null));
}
