import type { Pod as PodType } from '../../../../src/api/generated/core/v1.ts';
import type { PodDisruptionBudget as BudgetType } from '../../../../src/api/generated/policy/v1.ts';
import { scaledIntOrPercent } from '../../../../src/api/int-or-string.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { PodDisruptionBudget } from '../../../../src/api/kinds/policy/poddisruptionbudget.ts';
import { matchesLabels, selectorOf } from '../../../../src/api/label-selector.ts';
import { isActive, isReady } from '../../../../src/api/pods/pod-state.ts';
import { controllerOf } from '../../../../src/workloads/owner.ts';
import { staleMs, type Invariant } from '../invariant.ts';
import { nameOf, type Change, type ClusterModel } from '../model.ts';
import { isEvicted, isMarked, podChange } from './pod-changes.ts';

/** Evictions alone never bring the healthy pods under what a budget asks for. */
export class BudgetsKept implements Invariant {
  readonly name = 'a budget is never broken by an eviction';
  looked = 0;
  /** When something else than an eviction last changed what a budget is about. */
  readonly #disturbedMs = new Map<string, number>();

  see(change: Change, cluster: ClusterModel): string | undefined {
    for (const budget of cluster.all(PodDisruptionBudget))
      if (isDisturbed(change, budget, cluster)) this.#disturbedMs.set(budget.metadata.uid ?? '', change.nowMs);
    const pods = podChange(change);
    if (!pods || !isEvicted(pods) || !isHealthy(pods.before!)) return undefined;
    for (const budget of cluster.all(PodDisruptionBudget)) {
      if (!selects(budget, pods.before!)) continue;
      if (change.nowMs - (this.#disturbedMs.get(budget.metadata.uid ?? '') ?? -Infinity) < staleMs) continue;
      this.looked++;
      const guarded = cluster.all(Pod).filter((pod) => selects(budget, pod));
      const healthy = guarded.filter(isHealthy).length;
      const least = desiredHealthy(budget, expectedPods(guarded, cluster));
      if (healthy < least) return `${nameOf(pods.before!)} was evicted; ${nameOf(budget)} has ${healthy} healthy pods and wants ${least}`;
    }
    return undefined;
  }
}

function isDisturbed(change: Change, budget: BudgetType, cluster: ClusterModel): boolean {
  const { before, after } = change;
  const object = (after ?? before)!;
  if (object.metadata.uid === budget.metadata.uid) return before?.metadata.generation !== after?.metadata.generation;
  const pods = podChange(change);
  if (pods) return isLostHealth(pods.before, pods.after) && !isEvicted(pods) && selects(budget, pods.before!);
  const isOwner = 'spec' in object && ['Deployment', 'ReplicaSet', 'StatefulSet'].includes(object.kind ?? '');
  if (!isOwner || sizeOf(before) === sizeOf(after)) return false;
  return cluster.all(Pod).some((pod) => selects(budget, pod) && ownersOf(pod, cluster).has(object.metadata.uid));
}

const isLostHealth = (before: PodType | undefined, after: PodType | undefined): boolean =>
  before !== undefined && isHealthy(before) && (isMarked({ before, ...(after && { after }) }) || !after || !isHealthy(after));

export const isHealthy = (pod: PodType): boolean => isActive(pod) && isReady(pod);

export function selects({ metadata, spec }: BudgetType, pod: PodType): boolean {
  return pod.metadata.namespace === metadata.namespace && matchesLabels(selectorOf(spec.selector), pod.metadata.labels);
}

/** Pods that the controllers of these are to have. */
export function expectedPods(pods: readonly PodType[], cluster: ClusterModel): number {
  const owners = new Map<string, number>();
  for (const pod of pods) {
    const [own, above] = chainOf(pod, cluster);
    const owner = above ?? own;
    if (owner) owners.set(owner.metadata.uid ?? '', sizeOf(owner) ?? 0);
  }
  return [...owners.values()].reduce((sum, size) => sum + size, 0);
}

export function desiredHealthy({ spec }: BudgetType, expected: number): number {
  if (spec.maxUnavailable !== undefined) return Math.max(0, expected - scaledIntOrPercent(spec.maxUnavailable, expected, 'up'));
  return scaledIntOrPercent(spec.minAvailable ?? 0, expected, 'up');
}

const ownersOf = (pod: PodType, cluster: ClusterModel): Set<string | undefined> =>
  new Set(chainOf(pod, cluster).map((owner) => owner?.metadata.uid));

function chainOf(pod: PodType, cluster: ClusterModel) {
  const own = cluster.uids.get(controllerOf(pod)?.uid ?? '');
  const above = own && cluster.uids.get(controllerOf(own)?.uid ?? '');
  return [own, above] as const;
}

/** undefined for what has no size. */
const sizeOf = (object: unknown): number | undefined => (object as { spec?: { replicas?: number } } | undefined)?.spec?.replicas;
