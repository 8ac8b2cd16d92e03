import { isNotFound } from '../../api/errors.ts';
import type { StatefulSet } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { isFinished } from '../../api/pods/pod-state.ts';
import type { Context } from '../../client/controller.ts';
import { slowStart } from '../../workloads/slow-start.ts';
import type { Members } from './members.ts';
import { createClaims, createStatefulPod, deleteStatefulPod, hasStaleClaim, repairStatefulPod, retainClaims } from './pod-actions.ts';
import { isCreated, isPending, isRunningAndAvailable, isTerminating } from './pod-state.ts';

/**
 * Brings the set nearer to having all its replicas and no others. One step at a time, each pod waiting
 * for those before it, or all at once where pods are managed in parallel. Answers whether all that is
 * to precede an update is done. Source: updateStatefulSet in pkg/controller/statefulset.
 */
export async function scale(set: StatefulSet, members: Members, context: Context): Promise<boolean> {
  const nowMs = context.env.clock.now();
  const inTurn = set.spec.podManagementPolicy !== 'Parallel';
  const available = (pod: Pod) => isRunningAndAvailable(pod, set, nowMs);
  const blocks = async (pod: Pod): Promise<boolean> => {
    const acted = await settle(set, pod, context);
    return acted || isTerminating(pod) || !available(pod);
  };
  const dooms = async (pod: Pod): Promise<boolean> => {
    if (isTerminating(pod)) return true;
    // Who is healthy waits until all others are; the first that is not may go at once.
    if (inTurn && !available(pod) && pod !== members.firstUnavailable) return true;
    await deleteStatefulPod(set, pod, context);
    return true;
  };
  const keep = async (pod: Pod): Promise<boolean> => {
    await retainClaims(set, pod, context);
    return false;
  };
  return (
    (await forEach(members.replicas, blocks, inTurn)) &&
    (await forEach(members.condemned, keep, inTurn)) &&
    (await forEach(members.condemned, dooms, inTurn))
  );
}

/** In turn it ends at the first pod that blocks; else all are seen to. True when nothing blocked. Throws the first error. */
async function forEach(pods: readonly Pod[], act: (pod: Pod) => Promise<boolean>, inTurn: boolean): Promise<boolean> {
  if (inTurn) {
    for (const pod of pods) if (await act(pod)) return false;
    return true;
  }
  const { failure } = await slowStart(pods.length, (index) => act(pods[index]!));
  if (failure) throw failure.error;
  return true;
}

/** Makes the pod, replaces it, or puts it right. True when it has to be waited for. */
async function settle(set: StatefulSet, pod: Pod, context: Context): Promise<boolean> {
  if (isFinished(pod)) {
    // Also one that succeeded: pods of a set are to run. The next one is made when this one is gone.
    if (!isTerminating(pod)) await deleteStatefulPod(set, pod, context);
    return true;
  }
  if (!isCreated(pod)) {
    if (!hasStaleClaim(set, pod, context)) await createStatefulPod(set, pod, context);
    return true;
  }
  if (isPending(pod)) {
    await createClaims(set, pod, context);
    await retainClaims(set, pod, context);
  }
  if (isTerminating(pod)) return true;
  await repairStatefulPod(set, pod, context);
  return false;
}

/** Deletes pods so that they come back updated; those that are gone already were deleted by another. */
export async function deleteForUpdate(set: StatefulSet, pods: readonly Pod[], context: Context): Promise<void> {
  for (const pod of pods) {
    await deleteStatefulPod(set, pod, context).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}
