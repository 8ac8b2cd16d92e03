/** Taints and who bears them (upstream's core/v1 Toleration.ToleratesTaint and component-helpers' scheduling/corev1). */
import type { Taint, Toleration } from '../generated/core/v1.ts';

export type TaintEffect = Taint['effect'];

/** The effects that keep a pod from a node: what schedulers look at. */
export const repellingEffects: readonly TaintEffect[] = ['NoSchedule', 'NoExecute'];

/** An absent key or effect stands for all; an absent operator for `Equal`. `Gt` and `Lt`, behind a gate that is off, bear nothing. */
export function tolerates({ key, effect, operator, value }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (!operator || operator === 'Equal') && (value ?? '') === (taint.value ?? '');
}

/** The first taint of one of these effects that none of the tolerations bears; undefined when all are borne. */
export function untolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly TaintEffect[],
): Taint | undefined {
  if (!taints) return undefined;
  for (const taint of taints) {
    if (effects.includes(taint.effect) && !toleratesAny(tolerations, taint)) return taint;
  }
  return undefined;
}

export function toleratesAny(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  if (!tolerations) return false;
  for (const toleration of tolerations) if (tolerates(toleration, taint)) return true;
  return false;
}
