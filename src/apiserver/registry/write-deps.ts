import type { Clock } from '../../base/clock.ts';
import type { Crypto } from '../../base/crypto.ts';
import type { Rng } from '../../base/rng.ts';
import type { Kind } from '../../api/kind.ts';
import type { WriteHook } from '../ports.ts';
import type { Admission } from './admission.ts';

/** What writing takes beside the storage. */
export interface WriteDeps {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly crypto: Crypto;
  readonly admission: Admission;
  readonly hooks: readonly WriteHook[];
  /** `--event-ttl`: how long objects live that do not last; as long as their kind says when absent. */
  readonly eventTtlSeconds?: number;
}

/** Undefined for objects that last. */
export const ttlSecondsOf = ({ eventTtlSeconds }: WriteDeps, { strategy }: Kind): number | undefined =>
  strategy.ttlSeconds === undefined ? undefined : (eventTtlSeconds ?? strategy.ttlSeconds);

export const hookOf = ({ hooks }: WriteDeps, kind: Kind): WriteHook | undefined =>
  hooks.find((hook) => hook.kind.group === kind.group && hook.kind.plural === kind.plural);
