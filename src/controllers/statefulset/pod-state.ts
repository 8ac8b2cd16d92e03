/** How far a pod of a set has come, asked again and again while pods follow one another. */
import type { StatefulSet } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { isAvailable, isReady } from '../../api/pods/pod-state.ts';

/** In the API server; those still to be created have no phase. */
export const isCreated = ({ status }: Pod): boolean => !!status?.phase;
export const isPending = ({ status }: Pod): boolean => status?.phase === 'Pending';
export const isTerminating = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;
export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isReady(pod);
export const isRunningAndAvailable = (pod: Pod, { spec }: StatefulSet, nowMs: number): boolean =>
  isRunningAndReady(pod) && isAvailable(pod, spec.minReadySeconds ?? 0, nowMs);
export const isUnavailable = (pod: Pod, set: StatefulSet, nowMs: number): boolean =>
  !isRunningAndAvailable(pod, set, nowMs) || isTerminating(pod);
