import type { Pod } from '../../api/generated/core/v1.ts';
import { priorityOf } from '../pod-info.ts';

/** A node on which a pod would fit if these were not there. */
export interface Candidate {
  readonly nodeName: string;
  /** The most important first; never empty. */
  readonly victims: readonly Pod[];
  /** How many of them a disruption budget protects. */
  readonly violations: number;
}

/** The one that harms least; of equals the first. Source: kube-scheduler's pickOneNodeForPreemption. */
export function leastHarmful(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates;
  for (const harm of harms) {
    if (left.length < 2) break;
    const least = Math.min(...left.map(harm));
    left = left.filter((candidate) => harm(candidate) === least);
  }
  return left[0];
}

/** Looked at one after the other, each among those that the ones before left equal. */
const harms: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => priorityOf(victims[0]!),
  // Shifted to be positive: few victims of negative priority are better than many.
  ({ victims }) => victims.reduce((sum, victim) => sum + priorityOf(victim) + 2 ** 31, 0),
  ({ victims }) => victims.length,
  ({ victims }) => -earliestStartMs(victims),
];

/** Of the most important victims. Those that have not started are as if they started last. */
function earliestStartMs(victims: readonly Pod[]): number {
  const highest = Math.max(...victims.map(priorityOf));
  return Math.min(...victims.filter((victim) => priorityOf(victim) === highest).map(startMs));
}

/** Higher priority first, then the one that has run longer. Source: scheduler/util.MoreImportantPod. */
export function byImportance(a: Pod, b: Pod): number {
  return priorityOf(b) - priorityOf(a) || startMs(a) - startMs(b);
}

const startMs = ({ status }: Pod): number => (status?.startTime === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(status.startTime));
