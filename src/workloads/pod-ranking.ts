import type { ContainerStatus, Pod } from '../api/generated/core/v1.ts';
import { isActive, isAvailable, isReady, isScheduled, readySinceMs } from '../api/pods/pod-state.ts';

export interface RankingOptions {
  /** Now, in milliseconds since the epoch: ages are compared on a logarithmic scale. */
  readonly nowMs: number;
  /** Pods that do the same work; where many of them share a node, one of that node goes first. `pods` themselves when absent. */
  readonly related?: readonly Pod[];
  /**
   * How long a pod must be ready to be available. Those that are not yet go before those that are:
   * upstream does not look at it, and may take an available one from a rollout that counted on it.
   */
  readonly minReadySeconds?: number;
}

/**
 * The `count` pods whose loss costs least, the least valuable first. All of them in their order, when
 * no fewer are asked for. Source: ActivePodsWithRanks in pkg/controller/controller_utils.go.
 */
export function leastValuable(pods: readonly Pod[], count: number, { nowMs, related = pods, minReadySeconds = 0 }: RankingOptions): Pod[] {
  if (count >= pods.length) return [...pods];
  const perNode = countPerNode(related);
  const crowd = (pod: Pod): number => perNode.get(pod.spec.nodeName ?? '') ?? 0;
  const availability = (pod: Pod): number => Number(isAvailable(pod, minReadySeconds, nowMs));
  const order = (a: Pod, b: Pod): number =>
    byProgress(a, b) ||
    availability(a) - availability(b) ||
    deletionCost(a) - deletionCost(b) ||
    crowd(b) - crowd(a) ||
    youngerByMagnitude(readySinceMs(a), readySinceMs(b), a, b, nowMs) ||
    byRestarts(a, b) ||
    youngerByMagnitude(createdMs(a), createdMs(b), a, b, nowMs);
  return [...pods].sort(order).slice(0, count);
}

/** The simpler order of Jobs, the least valuable first (upstream's ActivePods): neither cost nor neighbours count, and ages to the second. */
export const byValue = (a: Pod, b: Pod): number =>
  byProgress(a, b) || younger(readySinceMs(a), readySinceMs(b)) || byRestarts(a, b) || younger(createdMs(a), createdMs(b));

/** `controller.kubernetes.io/pod-deletion-cost`; 0 for none, or for what is no 32-bit number as Go writes it. */
export function deletionCost({ metadata }: Pod): number {
  const text = metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '';
  const cost = /^(?:0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0;
  return cost === (cost | 0) ? cost : 0;
}

/** Not yet scheduled, not yet running and not ready pods go before others. */
const byProgress = (a: Pod, b: Pod): number =>
  Number(isScheduled(a)) - Number(isScheduled(b)) || phaseOrder(a) - phaseOrder(b) || Number(isReady(a)) - Number(isReady(b));

const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const phaseOrder = ({ status }: Pod): number => phases[status?.phase ?? ''] ?? 0;

const createdMs = ({ metadata }: Pod): number | undefined =>
  metadata.creationTimestamp === undefined ? undefined : Date.parse(metadata.creationTimestamp);

/** More restarts go first: of containers, then of sidecars. */
function byRestarts(a: Pod, b: Pod): number {
  const [ofA, ofB] = [mostRestarts(a), mostRestarts(b)];
  return ofB.containers - ofA.containers || ofB.sidecars - ofA.sidecars;
}

function mostRestarts({ spec, status }: Pod): { readonly containers: number; readonly sidecars: number } {
  const sidecars = new Set((spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  return {
    containers: most(status?.containerStatuses ?? []),
    sidecars: most((status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name))),
  };
}

const most = (statuses: readonly ContainerStatus[]): number => statuses.reduce((max, { restartCount }) => Math.max(max, restartCount), 0);

/** Whatever has no time yet counts as the youngest. */
function younger(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return b - a;
}

/**
 * The younger one by powers of two goes first; among ages of the same magnitude the uid decides, so
 * that not always the newest pods (perhaps all in one zone) go.
 */
function youngerByMagnitude(a: number | undefined, b: number | undefined, podA: Pod, podB: Pod, nowMs: number): number {
  if (a === b || a === undefined || b === undefined) return younger(a, b);
  return magnitude(nowMs - a) - magnitude(nowMs - b) || byUid(podA, podB);
}

/** Of a duration in nanoseconds, as upstream measures it; -1 for what is still to come. */
const magnitude = (ms: number): number => (ms > 0 ? Math.trunc(Math.log2(ms * 1e6)) : -1);

const byUid = (a: Pod, b: Pod): number => ((a.metadata.uid ?? '') < (b.metadata.uid ?? '') ? -1 : 1);

function countPerNode(pods: readonly Pod[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const node = pod.spec.nodeName ?? '';
    if (isActive(pod)) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}
