import type { HorizontalPodAutoscalerCondition } from '../../api/generated/autoscaling/v2.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Reason } from './limits.ts';

export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';

/** An autoscaler's conditions, in the order in which they were first said. */
export class Conditions {
  #list: readonly HorizontalPodAutoscalerCondition[];
  readonly #now: string;

  constructor(list: readonly HorizontalPodAutoscalerCondition[], nowMs: number) {
    this.#list = list;
    this.#now = timestampOf(nowMs);
  }

  get list(): readonly HorizontalPodAutoscalerCondition[] {
    return this.#list;
  }

  set(type: ConditionType, status: 'True' | 'False', { reason, message }: Reason): void {
    const before = this.#list.find((condition) => condition.type === type);
    const lastTransitionTime = before?.status === status && before.lastTransitionTime ? before.lastTransitionTime : this.#now;
    const next = { type, status, lastTransitionTime, reason, message };
    this.#list = before ? this.#list.map((condition) => (condition === before ? next : condition)) : [...this.#list, next];
  }
}
