/** How a recommendation becomes a size: stabilized, and within bounds. Source: upstream's horizontal.go. */
import type { HorizontalPodAutoscalerBehavior, HPAScalingPolicy, HPAScalingRules } from '../../api/generated/autoscaling/v2.ts';
import type { History } from './history.ts';

export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly current: number;
}

export interface Limited {
  readonly replicas: number;
  /** What the conditions AbleToScale and ScalingLimited say of it. */
  readonly ableToScale: Reason;
  readonly scalingLimited: Reason & { readonly status: 'True' | 'False' };
}

export interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** Without a behavior: down only to the highest recommendation of the window, up at most to twice the size, or 4. Notes the recommendation. */
export function limit(desired: number, bounds: Bounds, history: History, windowMs: number, nowMs: number): Limited {
  const recent = history.recommendations.filter(({ atMs }) => atMs >= nowMs - windowMs).map(({ replicas }) => replicas);
  const stable = Math.max(desired, ...recent);
  history.recommend(desired, nowMs);
  const upTo = Math.max(2 * bounds.current, 4);
  const [most, tooMany] = bounds.max > upTo ? [upTo, tooFast('up')] : [bounds.max, beyondMax];
  const bounded =
    stable < bounds.min
      ? { replicas: bounds.min, why: belowMin }
      : stable > most
        ? { replicas: most, why: tooMany }
        : { replicas: stable, why: inRange };
  return limited(bounded, stable, stable === desired ? readyForNew : stabilized('down'));
}

/** With a behavior: both windows, and as much of a step as the policies allow. Notes the recommendation. */
export function limitByBehavior(
  desired: number,
  bounds: Bounds,
  { scaleUp = {}, scaleDown = {} }: HorizontalPodAutoscalerBehavior,
  history: History,
  downWindowMs: number,
  nowMs: number,
): Limited {
  const since = (windowMs: number) => history.recommendations.filter(({ atMs }) => atMs > nowMs - windowMs).map(({ replicas }) => replicas);
  const lowest = Math.min(desired, ...since((scaleUp.stabilizationWindowSeconds ?? 0) * 1000));
  const downWindow = scaleDown.stabilizationWindowSeconds === undefined ? downWindowMs : scaleDown.stabilizationWindowSeconds * 1000;
  const highest = Math.max(desired, ...since(downWindow));
  history.recommend(desired, nowMs);
  const stable = Math.min(Math.max(bounds.current, lowest), highest);
  const able = stable === desired ? readyForNew : stabilized(desired >= bounds.current ? 'up' : 'down');
  return limited(withinPolicies(stable, bounds, { scaleUp, scaleDown }, history, nowMs), stable, able);
}

interface Bounded {
  readonly replicas: number;
  readonly why: Reason;
}

function withinPolicies(
  desired: number,
  { min, max, current }: Bounds,
  { scaleUp, scaleDown }: Required<HorizontalPodAutoscalerBehavior>,
  history: History,
  nowMs: number,
): Bounded {
  if (desired > current) {
    const allowed = Math.max(current, policyLimit(scaleUp, current, 'up', history, nowMs));
    const [most, why] = max > allowed ? [allowed, tooFast('up')] : [max, beyondMax];
    if (desired > most) return { replicas: most, why };
  }
  if (desired < current) {
    const allowed = Math.min(current, policyLimit(scaleDown, current, 'down', history, nowMs));
    const [least, why] = min < allowed ? [allowed, tooFast('down')] : [min, belowMin];
    if (desired < least) return { replicas: least, why };
  }
  return { replicas: desired, why: inRange };
}

/** How far the policies let a target go, counted from its size at the beginning of each one's period. */
function policyLimit(
  { policies = [], selectPolicy }: HPAScalingRules,
  current: number,
  way: 'up' | 'down',
  history: History,
  nowMs: number,
): number {
  if (selectPolicy === 'Disabled' || policies.length === 0) return current;
  const limits = policies.map((policy) => {
    const before = current - history.netChange(policy.periodSeconds * 1000, nowMs);
    return way === 'up' ? before + growth(policy, before) : before - shrinkage(policy, before);
  });
  const furthest = way === 'up' ? Math.max : Math.min;
  const nearest = way === 'up' ? Math.min : Math.max;
  return selectPolicy === 'Min' ? nearest(...limits) : furthest(...limits);
}

/** Rounded up: a small target could not grow otherwise. */
const growth = ({ type, value }: HPAScalingPolicy, before: number): number =>
  type === 'Pods' ? value : Math.ceil(before * (1 + value / 100)) - before;
const shrinkage = ({ type, value }: HPAScalingPolicy, before: number): number =>
  type === 'Pods' ? value : before - Math.trunc(before * (1 - value / 100));

const limited = ({ replicas, why }: Bounded, stable: number, ableToScale: Reason): Limited => ({
  replicas,
  ableToScale,
  scalingLimited: { ...why, status: replicas === stable ? 'False' : 'True' },
});

const readyForNew: Reason = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const stabilized = (way: 'up' | 'down'): Reason =>
  way === 'up'
    ? {
        reason: 'ScaleUpStabilized',
        message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
      }
    : {
        reason: 'ScaleDownStabilized',
        message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
      };
const tooFast = (way: 'up' | 'down'): Reason =>
  way === 'up'
    ? { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' }
    : { reason: 'ScaleDownLimit', message: 'the desired replica count is decreasing faster than the maximum scale rate' };
const beyondMax: Reason = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' };
const belowMin: Reason = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' };
const inRange: Reason = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };
