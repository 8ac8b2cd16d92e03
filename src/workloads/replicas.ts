import { isNotFound } from '../api/errors.ts';
import type { Pod as PodObject } from '../api/generated/core/v1.ts';
import type { Kind } from '../api/kind.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { matchesLabels } from '../api/label-selector.ts';
import type { LabelRequirement } from '../api/label-requirement.ts';
import { availableInMs, isActive, isFinished } from '../api/pods/pod-state.ts';
import { defineController, watchOf, type After, type Context, type Controller } from '../client/controller.ts';
import { keyOf } from '../client/informer.ts';
import { claim, standing } from './claim.ts';
import { controllerOf } from './owner.ts';
import { Pace } from './pace.ts';
import { createPod, deletePod, isNamespaceTerminating } from './pod-control.ts';
import { leastValuable } from './pod-ranking.ts';
import { replicasStatus, statusDiffers, type Observed, type Replicated } from './replicas-status.ts';
import { slowStart } from './slow-start.ts';

/** How a kind keeps a number of equal pods. */
export interface ReplicasKind<O extends Replicated> {
  /** Of the controller: the source of its events. */
  readonly name: string;
  readonly kind: Kind<O>;
  readonly selector: (object: O) => readonly LabelRequirement[];
  /** Other pods that do the same work, which count when it is chosen where a pod can best be spared. */
  readonly related?: (object: O, context: Context) => readonly PodObject[];
  /** Does the status tell how many pods are on their way out? */
  readonly tellsTerminating: boolean;
}

/** Pods made or deleted for one object in one round; what is left follows when the informers have seen them. */
const burst = 500;
/**
 * Of many pods each change alone would cost a look at all: a rest of a tenth of a millisecond a pod, and
 * at most this long, for each set that changes so at the time. Upstream's twenty requests a second are for all of them, too.
 */
const restOfOneMs = 50;
const longestRestMs = 1000;
const restingFrom = 20;

/**
 * The control loop that ReplicaSets and ReplicationControllers share: as many pods as
 * `spec.replicas` says, and a status that tells how they are. Source: pkg/controller/replicaset/replica_set.go.
 */
export function replicasController<O extends Replicated>(replicas: ReplicasKind<O>): Controller {
  const { name, kind, selector } = replicas;
  const pace = new Pace();

  /** Who may want to adopt a pod that nobody controls. */
  function suitors(pod: PodObject, { list }: Context): string[] {
    if (controllerOf(pod) || !isActive(pod)) return [];
    const all = list(kind, pod.metadata.namespace);
    return all.filter((object) => matchesLabels(selector(object), pod.metadata.labels)).map(keyOf);
  }

  async function reconcile(object: O, context: Context): Promise<After> {
    const { client, env } = context;
    const key = keyOf(object);
    const waitMs = pace.waitMs(key, env.clock.now());
    if (waitMs > 0 && isObserved(object)) return { requeueAfterMs: waitMs };
    const pods = await podsOf(object, context);
    const failure = object.metadata.deletionTimestamp === undefined ? await adjust(object, pods.active, context) : undefined;
    const nowMs = env.clock.now();
    const status = replicasStatus(object, { ...pods, ...(failure && { failure }) }, nowMs);
    if (statusDiffers(status, object.status)) await client.updateStatus(kind, { ...object, status });
    if (pods.active.length >= restingFrom) pace.rest(key, nowMs + restMs(pods.active.length, pace.resting(nowMs)));
    if (failure) throw failure.error;
    return untilNextIsAvailable(pods.active, object.spec.minReadySeconds ?? 0, nowMs);
  }

  async function podsOf(object: O, context: Context): Promise<Pick<Observed, 'active' | 'terminating'>> {
    const owned = context.owned(Pod, object);
    const matching = { kind: Pod, owner: object, ownerKind: kind, selector: selector(object) };
    const orphans = context.orphans(Pod, object.metadata.namespace ?? '');
    const active = await claim(context, { ...matching, objects: [...owned.filter(isActive), ...orphans.filter(isActive)] });
    if (!replicas.tellsTerminating) return { active };
    const leaving = owned.filter(isTerminating);
    return { active, terminating: leaving.filter((pod) => standing(pod, matching) === 'ours').length };
  }

  /** Makes or deletes pods; resolves with what went wrong. */
  async function adjust(object: O, active: readonly PodObject[], context: Context): Promise<Observed['failure']> {
    const missing = (object.spec.replicas ?? 1) - active.length;
    if (missing > 0) return createPods(object, Math.min(missing, burst), context);
    if (missing < 0) return deletePods(object, active, Math.min(-missing, burst), context);
    return undefined;
  }

  async function createPods(object: O, count: number, context: Context): Promise<Observed['failure']> {
    const { failure } = await slowStart(count, async () => {
      try {
        await createPod(context, object.spec.template ?? {}, object, kind);
      } catch (error) {
        // Nothing can be made in such a namespace, and nothing needs to be.
        if (!isNamespaceTerminating(error)) throw error;
      }
    });
    return failure;
  }

  async function deletePods(object: O, active: readonly PodObject[], count: number, context: Context): Promise<Observed['failure']> {
    const related = replicas.related?.(object, context);
    const { minReadySeconds = 0 } = object.spec;
    const victims = leastValuable(active, count, { nowMs: context.env.clock.now(), minReadySeconds, ...(related && { related }) });
    const results = await Promise.allSettled(victims.map((pod) => deletePod(context, pod, object, kind)));
    const failed = results.find((result) => result.status === 'rejected' && !isNotFound(result.reason));
    return failed?.status === 'rejected' ? { error: failed.reason } : undefined;
  }

  return defineController<O>({
    name,
    for: kind,
    owns: [Pod],
    watches: [watchOf(Pod, suitors)],
    reconcile,
    gone: async (key) => pace.forget(key),
  });
}

const restMs = (pods: number, othersResting: number): number =>
  Math.min(Math.min(Math.ceil(pods / 10), restOfOneMs) * (1 + othersResting), longestRestMs);

/** Nothing new is asked of it: only its pods may have changed. */
const isObserved = ({ metadata, status }: Replicated): boolean =>
  metadata.deletionTimestamp === undefined && metadata.generation === status.observedGeneration;

const isTerminating = (pod: PodObject): boolean => pod.metadata.deletionTimestamp !== undefined && !isFinished(pod);

/** Nothing changes in the API when a pod has been ready for long enough: one must look again. */
function untilNextIsAvailable(active: readonly PodObject[], minReadySeconds: number, nowMs: number): After {
  if (minReadySeconds === 0) return undefined;
  let nextMs = Infinity;
  for (const pod of active) {
    const waitMs = availableInMs(pod, minReadySeconds, nowMs) ?? 0;
    if (waitMs > 0) nextMs = Math.min(nextMs, waitMs);
  }
  return nextMs === Infinity ? undefined : { requeueAfterMs: nextMs };
}
