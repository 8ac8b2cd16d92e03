import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import { sleep } from '../base/clock.ts';
import type { ApiCall, ApiResult, ApiServer, Subscription, WatchFrame, WatchSink } from '../api/call.ts';
import { conflict, internal, resourceExpired, serviceUnavailable, staleObject, timedOut, tooManyRequests } from '../api/errors.ts';
import type { ApiError } from '../api/errors.ts';

/** How often each fault happens, as a probability of each call or frame; 0 when absent. */
export interface FaultRates {
  /** Refused before anything is done: 429, 500 or 503. */
  readonly refused?: number;
  /** Done, and the answer lost: 504. */
  readonly answerLost?: number;
  /** Somebody else's write came between: 409, for updates and patches. */
  readonly conflict?: number;
  /** The call comes late, by up to `latencyMs`. */
  readonly late?: number;
  readonly latencyMs?: number;
  /** A watch breaks off after a frame, with an error or none. */
  readonly watchBroken?: number;
  /** A watch cannot go on from where it was: 410, so that its reader lists anew. */
  readonly watchExpired?: number;
  /** A frame comes late, and all behind it. */
  readonly frameLate?: number;
  /** A frame comes twice. */
  readonly frameTwice?: number;
}

export interface FaultyApiOptions {
  readonly api: ApiServer;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Asked anew at each call, so that faults can be switched on and off; undefined for none. */
  readonly rates: (call: ApiCall) => FaultRates | undefined;
  /** Told of each fault. */
  readonly onFault?: (fault: keyof FaultRates, call: ApiCall) => void;
}

/** An API server as a client sees it over a bad network, by chance from `rng`. Watch faults keep etcd's promises: order, and no gap without a break. */
export function faultyApi({ api, clock, rng, rates, onFault = () => undefined }: FaultyApiOptions): ApiServer {
  return async (call) => {
    const rate = rates(call);
    if (!rate) return api(call);
    const strikes = (fault: keyof FaultRates): boolean => {
      const strikes = rng.next() < (rate[fault] ?? 0);
      if (strikes) onFault(fault, call);
      return strikes;
    };
    if (strikes('late')) await sleep(clock, 1 + rng.below(rate.latencyMs ?? 100));
    if (strikes('refused')) throw refusal(rng);
    if (isWrite(call) && call.verb !== 'create' && strikes('conflict'))
      throw conflict(call.resource, call.resource.name ?? '', staleObject);
    if (call.verb === 'watch') {
      if (strikes('watchExpired')) throw resourceExpired();
      return watched(await api(call), { rate, clock, rng, strikes });
    }
    const result = await api(call);
    if (isWrite(call) && strikes('answerLost')) throw timedOut('the answer was lost');
    return result;
  };
}

const writes: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const isWrite = (
  call: ApiCall,
): call is ApiCall & { readonly resource: { readonly group: string; readonly resource: string; readonly name?: string } } =>
  'resource' in call && writes.has(call.verb);

function refusal(rng: Rng): ApiError {
  const all = [
    () => tooManyRequests('too many requests, please try again later', 1),
    () => internal(new Error('injected')),
    () => serviceUnavailable('injected'),
  ];
  return all[rng.below(all.length)]!();
}

interface WatchFaults {
  readonly rate: FaultRates;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly strikes: (fault: keyof FaultRates) => boolean;
}

function watched(result: ApiResult, faults: WatchFaults): ApiResult {
  if (result.type !== 'watch') return result;
  return { ...result, start: (sink) => new BadWatch(result.start, sink, faults) };
}

/** One watch whose frames are held back, doubled or cut off, but never reordered. */
class BadWatch implements Subscription {
  readonly #sink: WatchSink;
  readonly #faults: WatchFaults;
  readonly #held: (() => void)[] = [];
  #isHolding = false;
  #isOver = false;
  /** Absent while it begins: the first frames may come before it is known. */
  #below: Subscription | undefined;

  constructor(start: (sink: WatchSink) => Subscription, sink: WatchSink, faults: WatchFaults) {
    this.#sink = sink;
    this.#faults = faults;
    this.#below = start({
      frame: (frame) => this.#deliver(() => this.#frame(frame)),
      end: (error) => this.#deliver(() => this.#end(error)),
    });
    if (this.#isOver) this.#below.cancel();
  }

  resume(): void {
    this.#below?.resume();
  }

  cancel(): void {
    this.#isOver = true;
    this.#below?.cancel();
  }

  #deliver(act: () => void): void {
    const { rate, clock, rng, strikes } = this.#faults;
    if (this.#isOver) return;
    if (!this.#isHolding && !strikes('frameLate')) return act();
    this.#held.push(act);
    if (this.#isHolding) return;
    this.#isHolding = true;
    clock.after(1 + rng.below(rate.latencyMs ?? 100), () => {
      this.#isHolding = false;
      for (const held of this.#held.splice(0)) held();
    });
  }

  #frame(frame: WatchFrame): void {
    if (this.#isOver) return;
    this.#sink.frame(frame);
    if (frame.type !== 'BOOKMARK' && this.#faults.strikes('frameTwice')) this.#sink.frame(frame);
    if (!this.#faults.strikes('watchBroken')) return;
    this.cancel();
    this.#sink.end(this.#faults.rng.below(2) === 0 ? undefined : serviceUnavailable('the watch broke off'));
  }

  #end(error: ApiError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.end(error);
  }
}
