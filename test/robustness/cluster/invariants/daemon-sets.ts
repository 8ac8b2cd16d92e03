import type { DaemonSet as DaemonSetType } from '../../../../src/api/generated/apps/v1.ts';
import type { Pod as PodType } from '../../../../src/api/generated/core/v1.ts';
import { scaledIntOrPercent } from '../../../../src/api/int-or-string.ts';
import { DaemonSet } from '../../../../src/api/kinds/apps/daemonset.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { isActive, isAvailable, isFinished, isReady } from '../../../../src/api/pods/pod-state.ts';
import { controllerOf } from '../../../../src/workloads/owner.ts';
import { staleMs, type Invariant } from '../invariant.ts';
import { isKind, nameOf, type Change, type ClusterModel } from '../model.ts';
import { isLoss, isMade, isMarked, podChange } from './pod-changes.ts';

/** Without surge, a daemon's next pod on a node comes when the last one is gone. */
export class OneDaemonPerNode implements Invariant {
  readonly name = 'a DaemonSet has one pod on a node';
  looked = 0;

  see(change: Change, cluster: ClusterModel): string | undefined {
    const pods = podChange(change);
    if (!pods || !isMade(pods)) return undefined;
    const set = cluster.get(DaemonSet, controllerOf(pods.after!)?.uid);
    if (!set || surgeOf(set) > 0) return undefined;
    this.looked++;
    const node = targetOf(pods.after!);
    const beside = cluster
      .controlledBy(Pod, set.metadata.uid)
      .find((other) => other.metadata.uid !== pods.after!.metadata.uid && !isFinished(other) && targetOf(other) === node);
    return beside && `${nameOf(pods.after!)} was made for ${node}, where ${nameOf(beside)} is`;
  }
}

/**
 * A rollout takes a pod that serves only while enough others do. Upstream replaces old pods that do
 * not serve beside that, so the bound is held against rollouts that began when all served.
 */
export class DaemonsAvailable implements Invariant {
  readonly name = 'a DaemonSet takes no more pods at a time than may be unavailable';
  looked = 0;
  readonly #disturbedMs = new Map<string, number>();
  readonly #whole = new Set<string>();

  see(change: Change, cluster: ClusterModel): string | undefined {
    const pods = podChange(change);
    const object = change.after ?? change.before;
    const uid = isKind(DaemonSet, object) ? object.metadata.uid : pods && controllerOf((pods.after ?? pods.before)!)?.uid;
    const set = cluster.get(DaemonSet, uid);
    if (!set || !uid) return undefined;
    const desired = set.status?.desiredNumberScheduled ?? 0;
    const available = availableOf(set, cluster, change.nowMs);
    if ((isKind(DaemonSet, object) && isDisturbance(change)) || (pods && isLoss(pods))) this.#disturbedMs.set(uid, change.nowMs);
    if (available >= desired) this.#whole.add(uid);
    else if (isKind(DaemonSet, object) && change.before?.metadata.generation !== set.metadata.generation) this.#whole.delete(uid);
    if (!pods || !isMarked(pods) || !isReady(pods.before!) || !this.#whole.has(uid)) return undefined;
    if (change.nowMs - (this.#disturbedMs.get(uid) ?? -Infinity) < staleMs || surgeOf(set) > 0) return undefined;
    this.looked++;
    const least = desired - Math.max(1, scaledIntOrPercent(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired, 'up'));
    return available < least ? `${nameOf(set)} has ${available} pods available, where ${least} must be` : undefined;
  }
}

const availableOf = ({ metadata, spec }: DaemonSetType, cluster: ClusterModel, nowMs: number): number =>
  cluster.controlledBy(Pod, metadata.uid).filter((pod) => isActive(pod) && isAvailable(pod, spec.minReadySeconds ?? 0, nowMs)).length;

/** Nodes came or went, or the set is on its way in or out. */
function isDisturbance({ before, after }: Change): boolean {
  if (!before || !after) return true;
  const [was, is] = [before as DaemonSetType, after as DaemonSetType];
  return was.status?.desiredNumberScheduled !== is.status?.desiredNumberScheduled || is.metadata.deletionTimestamp !== undefined;
}

function surgeOf({ spec, status }: DaemonSetType): number {
  return scaledIntOrPercent(spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, status?.desiredNumberScheduled ?? 0, 'up');
}

/** The node that the pod is bound to, or will be. */
function targetOf({ spec }: PodType): string | undefined {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return spec.nodeName ?? terms.flatMap(({ matchFields = [] }) => matchFields.flatMap(({ values = [] }) => values))[0];
}
