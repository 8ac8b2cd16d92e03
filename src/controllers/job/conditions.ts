import type { JobCondition } from '../../api/generated/batch/v1.ts';
import { timestampOf } from '../../api/timestamps.ts';

export type ConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended';

export function jobCondition(
  type: ConditionType,
  { reason, message, status = 'True' }: { readonly reason?: string; readonly message?: string; readonly status?: string },
  nowMs: number,
): JobCondition {
  const time = timestampOf(nowMs);
  return {
    type,
    status,
    lastProbeTime: time,
    lastTransitionTime: time,
    ...(reason && { reason }),
    ...(message && { message }),
  };
}

/** The list with the condition in it; the same list where it says so already. Going from nothing to False would say nothing. */
export function withCondition(conditions: readonly JobCondition[], next: JobCondition): readonly JobCondition[] {
  const before = conditions.find(({ type }) => type === next.type);
  if (!before) return next.status === 'False' ? conditions : [...conditions, next];
  const isSame = before.status === next.status && before.reason === next.reason && before.message === next.message;
  return isSame ? conditions : conditions.map((condition) => (condition === before ? next : condition));
}
