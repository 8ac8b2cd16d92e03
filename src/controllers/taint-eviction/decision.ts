import type { Taint, Toleration } from '../../api/generated/core/v1.ts';
import { tolerates } from '../../api/scheduling/tolerations.ts';

/**
 * How long a pod may stay on a node with these NoExecute taints: 0 when it tolerates not all of them,
 * Infinity when it tolerates them for good. The first toleration that fits a taint counts for it, and
 * the shortest of those that count. Source: tainteviction/taint_eviction.go, getMinTolerationTime.
 */
export function stayMs(taints: readonly Taint[], tolerations: readonly Toleration[]): number {
  const used = taints.map((taint) => tolerations.find((toleration) => tolerates(toleration, taint)));
  return Math.min(Infinity, ...used.map(toleratedMs));
}

const toleratedMs = (toleration: Toleration | undefined): number =>
  toleration ? Math.max(0, toleration.tolerationSeconds ?? Infinity) * 1000 : 0;

export const noExecute = (taints: readonly Taint[] | undefined): Taint[] => (taints ?? []).filter(({ effect }) => effect === 'NoExecute');
