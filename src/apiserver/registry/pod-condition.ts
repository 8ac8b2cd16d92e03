import type { Draft } from '../../api/draft.ts';
import type { Pod, PodCondition } from '../../api/generated/core/v1.ts';
import { timestampOf } from './object-parts.ts';

/** Sets a condition that the API server itself knows of; a transition only where its status changes (upstream's UpdatePodCondition). */
export function setPodCondition(
  pod: Draft<Pod>,
  condition: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>,
  nowMs: number,
): void {
  pod.status ??= {};
  const conditions = (pod.status.conditions ??= []);
  const at = conditions.findIndex(({ type }) => type === condition.type);
  const before = conditions[at];
  const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : timestampOf(nowMs);
  const { generation } = pod.metadata;
  const next: Draft<PodCondition> = {
    ...condition,
    ...(generation !== undefined && { observedGeneration: generation }),
    ...(lastTransitionTime !== undefined && { lastTransitionTime }),
  };
  if (before) conditions[at] = next;
  else conditions.push(next);
}

export const hasTrueCondition = ({ status }: Pod, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;
