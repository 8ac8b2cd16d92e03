import type { Env } from './env.ts';

/** A part of a cluster that can be started alone, in one process with others, or on a virtual clock. */
export interface Component {
  readonly name: string;
  start(env: Env): Promise<Running>;
}

/** Disposal stops the component and resolves when it holds nothing any more (timers, sockets, files). */
export interface Running extends AsyncDisposable {
  /** Resolves when it does its work; rejects if it never will. */
  readonly ready: Promise<void>;
  health(): Health;
}

export type Health = { readonly ok: true } | { readonly ok: false; readonly reason: string };
