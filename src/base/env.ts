import type { Clock } from './clock.ts';
import type { Crypto } from './crypto.ts';
import type { Log } from './log.ts';
import type { Rng } from './rng.ts';

/** Everything from outside that a component may use. Edges fill it; tests fill it with virtual parts. */
export interface Env {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly crypto: Crypto;
  readonly log: Log;
  /** Aborts when the component is to stop. */
  readonly signal: AbortSignal;
}
