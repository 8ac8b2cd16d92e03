import { cloneJson } from '../../codec/clone-json.ts';
import type { Draft } from '../../api/draft.ts';
import { ApiError, forbiddenFor, isConflict, timedOut } from '../../api/errors.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import type { PodDisruptionBudget as BudgetType, PodDisruptionBudgetStatus } from '../../api/generated/policy/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import { matchesLabels, selectorOf } from '../../api/label-selector.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { changeObject } from './change.ts';
import { readPage } from './list.ts';
import { timestampOf } from './object-parts.ts';
import { hasTrueCondition } from './pod-condition.ts';
import type { ResourceRequest } from './request.ts';
import type { WriteDeps } from './write-deps.ts';

/** Evictions that the disruption controller has not seen yet; beyond so many no more are let through. */
const maxDisruptedPods = 2000;

export interface BudgetDeps extends WriteDeps {
  readonly storageOf: (kind: Kind) => ResourceStorage;
}

export interface Spent {
  /** The budget's name; '' where the pod has none. */
  readonly budget: string;
  /** The pod does not count, so nothing was taken; it holds only as long as the pod stays unhealthy. */
  readonly unhealthy: boolean;
}

/**
 * Takes one disruption for the pod off the budget that guards it, if there is one. Rejects with 429
 * where none is left, and with 500 where several budgets guard the pod.
 */
export async function spendBudget(request: ResourceRequest, pod: Pod, dryRun: boolean, deps: BudgetDeps): Promise<Spent> {
  const budgets = await budgetsOf(pod, deps);
  const [budget] = budgets;
  if (!budget) return { budget: '', unhealthy: false };
  if (budgets.length > 1)
    throw new ApiError(500, '', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  const name = budget.metadata.name ?? '';
  if (mayGoUnhealthy(pod, budget)) return { budget: name, unhealthy: true };
  await take(request, name, pod.metadata.name ?? '', dryRun, deps);
  return { budget: name, unhealthy: false };
}

async function budgetsOf({ metadata }: Pod, { storageOf }: BudgetDeps): Promise<BudgetType[]> {
  const { namespace, labels } = metadata;
  const { objects } = await readPage(storageOf(PodDisruptionBudget), PodDisruptionBudget, { ...(namespace && { namespace }) }, {});
  return objects.map((stored) => stored.as(PodDisruptionBudget).object as BudgetType).filter(({ spec }) => selects(spec?.selector, labels));
}

/** A selector that cannot be read selects nothing. */
function selects(selector: BudgetType['spec']['selector'], labels: Pod['metadata']['labels']): boolean {
  try {
    return matchesLabels(selectorOf(selector), labels);
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

/** A pod that is not ready does not count as healthy: its end disrupts nobody while enough others are. */
function mayGoUnhealthy(pod: Pod, { spec, status }: BudgetType): boolean {
  if (hasTrueCondition(pod, 'Ready')) return false;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

async function take(request: ResourceRequest, name: string, podName: string, dryRun: boolean, deps: BudgetDeps): Promise<void> {
  const nowMs = deps.clock.now();
  try {
    await changeObject(
      { ...request, kind: PodDisruptionBudget, storage: deps.storageOf(PodDisruptionBudget), name },
      {
        subresource: 'status',
        manager: 'kube-apiserver',
        dryRun,
        tracked: false,
        next: (current) => {
          const budget = cloneJson(current) as Draft<BudgetType>;
          takeOne(budget, podName, nowMs);
          // Each try sees the newest budget.
          delete budget.metadata.resourceVersion;
          return budget;
        },
      },
      deps,
    );
  } catch (error) {
    if (!isConflict(error)) throw error;
    throw timedOut(`couldn't update PodDisruptionBudget ${JSON.stringify(name)} due to conflicts`, 10);
  }
}

/** Notes the pod's disruption in the budget's status. Throws where the budget does not allow it. */
export function takeOne(budget: Draft<BudgetType>, podName: string, nowMs: number): void {
  const status: Draft<PodDisruptionBudgetStatus> = (budget.status ??= {});
  const name = budget.metadata.name ?? '';
  const allowed = status.disruptionsAllowed ?? 0;
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) throw stillProcessed(name);
  if (allowed < 0) throw forbiddenFor(budgetResource, name, 'pdb disruptions allowed is negative');
  if (Object.keys(status.disruptedPods ?? {}).length > maxDisruptedPods)
    throw forbiddenFor(budgetResource, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if (allowed === 0)
    throw wouldViolate(
      0,
      `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`,
    );
  status.disruptionsAllowed = allowed - 1;
  if (allowed === 1) denyDisruption(status, nowMs);
  status.disruptedPods = { ...status.disruptedPods, [podName]: timestampOf(nowMs) };
}

/** As upstream spells it here: in the singular. */
const budgetResource = { group: 'policy', resource: 'poddisruptionbudget' };

function denyDisruption(status: Draft<PodDisruptionBudgetStatus>, nowMs: number): void {
  const conditions = (status.conditions ??= []);
  const at = conditions.findIndex(({ type }) => type === 'DisruptionAllowed');
  const before = conditions[at];
  const next = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    ...(status.observedGeneration !== undefined && { observedGeneration: status.observedGeneration }),
    lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : timestampOf(nowMs),
  };
  if (before) conditions[at] = next;
  else conditions.push(next);
}

/** The budget's numbers are not those of its present form: ask again. */
export const stillProcessed = (budget: string): ApiError =>
  wouldViolate(10, `The disruption budget ${budget} is still being processed by the server.`);

const wouldViolate = (retryAfterSeconds: number, cause: string): ApiError =>
  new ApiError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    ...(retryAfterSeconds > 0 && { retryAfterSeconds }),
    causes: [{ reason: 'DisruptionBudget', message: cause }],
  });
