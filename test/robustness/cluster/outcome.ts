import type { Scenario } from './scenario.ts';

export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly atMs: number;
  readonly revision: number;
  /** What went before, the newest last. */
  readonly history: readonly string[];
}

export interface Outcome {
  readonly scenario: Scenario;
  /** The first of each invariant. */
  readonly violations: readonly Violation[];
  readonly revisions: number;
  /** Of all that was written, and when. */
  readonly digest: number;
  /** How often each invariant was really held against something. */
  readonly looked: ReadonlyMap<string, number>;
  /** Virtual milliseconds from the end of the faults until all was well. */
  readonly convergedMs: number;
}
