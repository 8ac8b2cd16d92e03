import { isConflict } from '../../api/errors.ts';
import type { PodDisruptionBudget as Budget, PodDisruptionBudgetStatus } from '../../api/generated/policy/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { ReplicationController } from '../../api/kinds/core/replicationcontroller.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import type { KubeObject } from '../../api/meta.ts';
import { selectorInGo } from '../../api/selector-in-go.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { defineController, watchOf, type After, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { withType } from '../../workloads/owner.ts';
import { countHealthy, disruptedPods, disruptionAllowed, failedStatus, nextStatus } from './budget-status.ts';
import { expectationOf, scaleOfOwners, type Expectation } from './expected-pods.ts';
import { Guard, type GuardedPods } from './guard.ts';

/**
 * Says in each budget's status how many of its pods are healthy and how many may be evicted now.
 * Where that cannot be known it says so, and none may. Source: upstream's pkg/controller/disruption.
 */
export function budgetController(kinds: () => readonly Kind[]): Controller {
  const guard = new Guard();
  return defineController({
    // Upstream's events name the manager, not the controller.
    name: 'controllermanager',
    for: PodDisruptionBudget,
    watches: [
      watchOf(Pod, (pod, context) => guard.follow(pod, context)),
      ...[ReplicaSet, Deployment, StatefulSet, ReplicationController].map((kind) =>
        watchOf<KubeObject>(kind as unknown as Kind, failedBudgetsBeside),
      ),
    ],
    workers: 1,
    async reconcile(budget, context) {
      try {
        return await bringUpToDate(budget, guard.of(budget, context), context, kinds);
      } catch (error) {
        if (isConflict(error)) throw error;
        const message = error instanceof Error ? error.message : String(error);
        context.env.log.error(error, 'a budget fails', { budget: keyOf(budget) });
        await write(budget, failedStatus(budget, message, context.env.clock.now()), context);
      }
    },
    gone: async (key) => guard.forget(key),
  });
}

/** A pod may be seen before its controller is: what failed for want of it is tried again when it appears. */
const failedBudgetsBeside = ({ metadata }: KubeObject, { list }: Context): string[] =>
  list(PodDisruptionBudget, metadata.namespace)
    .filter(({ status }) => status?.conditions?.some(({ type, reason }) => type === disruptionAllowed && reason === 'SyncFailed'))
    .map(keyOf);

async function bringUpToDate(budget: Budget, guarded: GuardedPods, context: Context, kinds: () => readonly Kind[]): Promise<After> {
  const { events, env } = context;
  if (guarded.total === 0) events.event(withType(budget, PodDisruptionBudget), 'Normal', 'NoPods', 'No matching pods found');
  const expectation = await expectationFor(budget, guarded, context, kinds);
  const nowMs = env.clock.now();
  const leaving = disruptedPods(guarded, budget.status ?? {}, nowMs);
  for (const pod of leaving.overdue) {
    const { namespace } = budget.metadata;
    // The namespace twice: so upstream writes it.
    events.event(
      withType(pod, Pod),
      'Warning',
      'NotDeleted',
      `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`,
    );
  }
  await write(budget, nextStatus(budget, expectation, countHealthy(guarded, leaving, nowMs), leaving, nowMs), context);
  // A moment past the due time, when it is overdue.
  return leaving.recheckMs === undefined ? undefined : { requeueAfterMs: leaving.recheckMs - nowMs + 1 };
}

async function expectationFor(budget: Budget, guarded: GuardedPods, context: Context, kinds: () => readonly Kind[]): Promise<Expectation> {
  const { events } = context;
  let expectation: Expectation;
  try {
    expectation = await expectationOf(budget.spec, guarded, () =>
      scaleOfOwners(guarded.owners, budget.metadata.namespace!, context, kinds),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    events.event(
      withType(budget, PodDisruptionBudget),
      'Warning',
      'CalculateExpectedPodCountFailed',
      `Failed to calculate the number of expected pods: ${why}`,
    );
    throw error;
  }
  if (expectation.unmanaged.length > 0)
    events.event(
      withType(budget, PodDisruptionBudget),
      'Warning',
      'UnmanagedPods',
      `Pods selected by this PodDisruptionBudget (selector: ${selectorInGo(budget.spec.selector)}) were found to be unmanaged. ` +
        'As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. ' +
        'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
    );
  return expectation;
}

async function write(budget: Budget, status: PodDisruptionBudgetStatus, { client }: Context): Promise<void> {
  if (semanticallyEqual(budget.status, status)) return;
  await client.updateStatus(PodDisruptionBudget, { ...budget, status });
}
