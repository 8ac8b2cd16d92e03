import type { Pod as PodType } from '../../../../src/api/generated/core/v1.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { isActive, isFinished, isReady, podCondition } from '../../../../src/api/pods/pod-state.ts';
import { isKind, type Change } from '../model.ts';

/** Traffic notes it on a pod before deleting it by hand. */
export const byHand = 'test.slipway.dev/deleted-by-hand';

export interface PodChange {
  readonly before?: PodType;
  readonly after?: PodType;
}

export function podChange({ before, after }: Change): PodChange | undefined {
  if (!isKind(Pod, before ?? after)) return undefined;
  return { ...(before && { before: before as PodType }), ...(after && { after: after as PodType }) };
}

export const isMade = ({ before, after }: PodChange): boolean => before === undefined && after !== undefined;

/** The moment from which a living pod is on its way out. */
export const isMarked = ({ before, after }: PodChange): boolean =>
  before !== undefined &&
  before.metadata.deletionTimestamp === undefined &&
  (after === undefined || after.metadata.deletionTimestamp !== undefined);

/** By something that is not the pod's own controller: an eviction, a taint, preemption, a person. */
export function isFromOutside({ before, after }: PodChange): boolean {
  const pod = after ?? before;
  return (
    pod !== undefined && (podCondition(pod, 'DisruptionTarget')?.status === 'True' || pod.metadata.annotations?.[byHand] !== undefined)
  );
}

export const isEvicted = (change: PodChange): boolean =>
  isMarked(change) && podCondition((change.after ?? change.before)!, 'DisruptionTarget')?.reason === 'EvictionByEvictionAPI';

/** A pod that served stopped doing so, though its controller did not ask for it. */
export function isLoss(change: PodChange): boolean {
  const { before, after } = change;
  if (!before || !isActive(before)) return false;
  if (isMarked(change)) return isFromOutside(change);
  return after !== undefined && (isFinished(after) || (isReady(before) && !isReady(after)));
}
