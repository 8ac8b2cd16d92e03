/** What a pod's status says, asked by controllers, scheduler and kubelet alike (upstream's api/v1/pod). */
import type { Pod, PodCondition } from '../generated/core/v1.ts';

/** Ended for good: Succeeded or Failed. */
export const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** Neither ended nor being deleted: what counts as a replica. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;

export const isScheduled = ({ spec }: Pod): boolean => (spec.nodeName ?? '') !== '';

export const podCondition = ({ status }: Pod, type: string): PodCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

export const isReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';

/** Milliseconds since the epoch at which the pod became ready; undefined while it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = podCondition(pod, 'Ready');
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? '') : undefined;
}

/** Ready for `minReadySeconds` without a break. With 0, being ready is enough. */
export const isAvailable = (pod: Pod, minReadySeconds: number, nowMs: number): boolean => availableInMs(pod, minReadySeconds, nowMs) === 0;

/** How long until a ready pod counts as available if nothing happens; 0 when it does, undefined while it is not ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  // Reading the time costs more than all else here.
  if (minReadySeconds === 0) return isReady(pod) ? 0 : undefined;
  const sinceMs = readySinceMs(pod);
  return sinceMs === undefined ? undefined : Math.max(0, sinceMs + minReadySeconds * 1000 - nowMs);
}
