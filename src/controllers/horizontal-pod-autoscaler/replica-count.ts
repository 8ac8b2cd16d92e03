import type { PodGroups } from './pod-groups.ts';
import type { Sample } from './resource-metrics.ts';

/** By how much use may be off its target before anything is done: 0.1 for a tenth. */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** What a metric asks for. */
export interface Proposal {
  readonly replicas: number;
  /** Percent of what is requested; only where the target is such a percentage. */
  readonly utilization?: number;
  /** A pod's use on average, in thousandths. */
  readonly averageMilli: number;
}

interface Question {
  readonly samples: ReadonlyMap<string, Sample>;
  readonly groups: PodGroups;
  readonly currentReplicas: number;
  readonly tolerance: Tolerance;
}

/** So that pods use `target` percent of what they request. Throws where nothing can be said. */
export function replicasByUtilization(question: Question, requests: ReadonlyMap<string, number>, target: number): Proposal {
  const counted = countedSamples(question);
  const use = utilizationOf(counted, requests);
  // What is not known is taken to be what would change least.
  const whenShrinking = (pod: string) => ((requests.get(pod) ?? 0) * Math.max(100, target)) / 100;
  const replicas = replicasFor(question, counted, (milli) => utilizationOf(milli, requests).percent / target, whenShrinking);
  return { replicas, utilization: use.percent, averageMilli: Math.trunc(use.totalMilli / counted.size) };
}

/** So that pods use `targetMilli` on average. Throws where nothing can be said. */
export function replicasByAverage(question: Question, targetMilli: number): Proposal {
  const counted = countedSamples(question);
  const replicas = replicasFor(
    question,
    counted,
    (milli) => averageOf(milli) / targetMilli,
    () => targetMilli,
  );
  return { replicas, averageMilli: averageOf(counted) };
}

type Milli = ReadonlyMap<string, number>;

function countedSamples({ samples, groups }: Question): Milli {
  const left = new Set([...groups.ignored, ...groups.unready]);
  const counted = new Map(Array.from(samples, ([pod, { milli }]) => [pod, milli] as const).filter(([pod]) => !left.has(pod)));
  if (counted.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  return counted;
}

/** Pods that are unready or of which nothing is known must never turn the direction, nor make the step larger. */
function replicasFor(
  { groups, currentReplicas, tolerance }: Question,
  counted: Milli,
  ratioOf: (milli: Milli) => number,
  whenShrinking: (pod: string) => number,
): number {
  const ratio = ratioOf(counted);
  const countUnready = groups.unready.length > 0 && ratio > 1;
  if (!countUnready && groups.missing.length === 0) return isWithin(ratio, tolerance) ? currentReplicas : Math.ceil(ratio * groups.ready);
  const filled = new Map(counted);
  for (const pod of groups.missing) filled.set(pod, ratio < 1 ? whenShrinking(pod) : 0);
  if (countUnready) for (const pod of groups.unready) filled.set(pod, 0);
  const cautious = ratioOf(filled);
  const turns = (ratio < 1 && cautious > 1) || (ratio > 1 && cautious < 1);
  if (isWithin(cautious, tolerance) || turns) return currentReplicas;
  const replicas = Math.ceil(cautious * filled.size);
  const isWrongWay = cautious < 1 ? replicas > currentReplicas : replicas < currentReplicas;
  return isWrongWay ? currentReplicas : replicas;
}

const isWithin = (ratio: number, { up, down }: Tolerance): boolean => 1 - down <= ratio && ratio <= 1 + up;

function utilizationOf(milli: Milli, requests: ReadonlyMap<string, number>): { percent: number; totalMilli: number } {
  let totalMilli = 0;
  let requestedMilli = 0;
  for (const [pod, used] of milli) {
    const requested = requests.get(pod);
    if (requested === undefined) continue;
    totalMilli += used;
    requestedMilli += requested;
  }
  if (requestedMilli === 0) throw new Error('no metrics returned matched known pods');
  return { percent: Math.trunc((totalMilli * 100) / requestedMilli), totalMilli };
}

const averageOf = (milli: Milli): number => Math.trunc(Array.from(milli.values()).reduce((sum, used) => sum + used, 0) / milli.size);
