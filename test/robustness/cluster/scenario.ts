import { seededRng } from '../../../src/base/rng.ts';
import type { FaultRates } from '../../../src/client/fault-injection.ts';

/** What one seed's run is like. Everything else in it is chance from the same seed. */
export interface Scenario {
  readonly seed: number;
  readonly workers: number;
  /** How long people work on the cluster, virtual milliseconds. */
  readonly trafficMs: number;
  /** The network between components and API server while they do; undefined for a good one. */
  readonly faults: FaultRates | undefined;
  /** Pods get lost: nodes lose power, pods are evicted and deleted by hand. Without it rollouts alone move pods, so that their bounds are held against most of what happens. */
  readonly losses: boolean;
  /** Components are stopped and started. */
  readonly restarts: boolean;
  /** Virtual milliseconds between two things that people do, at most. */
  readonly paceMs: number;
}

const uneven: FaultRates = { late: 0.2, latencyMs: 400, frameLate: 0.2, conflict: 0.03, refused: 0.02, answerLost: 0.02 };

const bad: FaultRates = {
  refused: 0.08,
  answerLost: 0.08,
  conflict: 0.08,
  late: 0.25,
  latencyMs: 600,
  watchBroken: 0.03,
  watchExpired: 0.08,
  frameLate: 0.2,
  frameTwice: 0.1,
};

export function scenarioOf(seed: number): Scenario {
  const rng = seededRng(seed * 7919);
  return {
    seed,
    workers: 2 + rng.below(3),
    faults: [undefined, uneven, bad, bad][rng.below(4)],
    losses: seed % 2 === 0,
    restarts: rng.below(3) > 0,
    paceMs: [4_000, 10_000, 20_000][rng.below(3)]!,
    trafficMs: [60_000, 90_000, 150_000][rng.below(3)]!,
  };
}
