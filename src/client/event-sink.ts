import { sleep } from '../base/clock.ts';
import type { Env } from '../base/env.ts';
import { ApiError } from '../api/errors.ts';

/** Events that wait to be written; more are lost. */
const maxWaiting = 1000;
const tries = 12;
const betweenTriesMs = 10_000;

/** Writes events one after the other, beside the work that they tell of. */
export class EventSink {
  readonly #env: Pick<Env, 'clock' | 'rng' | 'log' | 'signal'>;
  readonly #waiting: (() => Promise<void>)[] = [];
  #writing = false;

  constructor(env: Pick<Env, 'clock' | 'rng' | 'log' | 'signal'>) {
    this.#env = env;
  }

  add(write: () => Promise<void>): void {
    if (this.#waiting.length >= maxWaiting) return this.#env.log.warn('Too many events wait to be written; one is lost');
    this.#waiting.push(write);
    if (!this.#writing) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    for (let write = this.#waiting.shift(); write && !this.#env.signal.aborted; write = this.#waiting.shift()) await this.#try(write);
    this.#writing = false;
  }

  async #try(write: () => Promise<void>): Promise<void> {
    const { clock, rng, log, signal } = this.#env;
    for (let left = tries; left > 0 && !signal.aborted; left--) {
      try {
        return await write();
      } catch (error) {
        // What the server has refused it will refuse again.
        if (error instanceof ApiError && error.status.code !== undefined && error.status.code < 500) {
          return log.verbose(2, 'Server rejected event (will not retry!)', { err: error.message });
        }
        if (left === 1) return log.error(error, 'Unable to write event (retry limit exceeded!)');
        await sleep(clock, betweenTriesMs * (left === tries ? rng.next() : 1), signal);
      }
    }
  }
}
