import type { Deployment as DeploymentType, ReplicaSet as ReplicaSetType } from '../../../../src/api/generated/apps/v1.ts';
import type { Pod as PodType } from '../../../../src/api/generated/core/v1.ts';
import { scaledIntOrPercent } from '../../../../src/api/int-or-string.ts';
import { Deployment } from '../../../../src/api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../../../src/api/kinds/apps/replicaset.ts';
import { Namespace } from '../../../../src/api/kinds/core/namespace.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { isActive, isAvailable, isFinished } from '../../../../src/api/pods/pod-state.ts';
import { controllerOf } from '../../../../src/workloads/owner.ts';
import { staleMs, type Invariant } from '../invariant.ts';
import { isKind, nameOf, type Change, type ClusterModel } from '../model.ts';
import { isLoss, isMade, isMarked, podChange } from './pod-changes.ts';

export interface Bounds {
  readonly most: number;
  readonly least: number;
  readonly desired: number;
}

/** Read from the API reference, not from the controller: what a Deployment promises of its pods. */
export function boundsOf({ spec }: DeploymentType): Bounds {
  const desired = spec.replicas ?? 1;
  if (spec.strategy?.type === 'Recreate') return { most: desired, least: 0, desired };
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = scaledIntOrPercent(maxSurge, desired, 'up');
  const missing = scaledIntOrPercent(maxUnavailable, desired, 'down');
  return { most: desired + surge, least: desired - (surge === 0 && missing === 0 ? 1 : missing), desired };
}

interface Watched {
  /** Those that somebody may still act on: the newest last. */
  bounds: Bounds[];
  /** Pods were lost, or the size changed within a rollout: what is available is nobody's promise until all is well again. */
  disturbed: boolean;
  /** Since when enough pods are available without a break; undefined while they are not. */
  enoughSinceMs: number | undefined;
}

/** What both bounds are held against, per Deployment. */
class Watches {
  readonly #watches = new Map<string, Watched>();

  see(change: Change, cluster: ClusterModel): { deployment: DeploymentType; watched: Watched } | undefined {
    const deployment = deploymentOf(change, cluster);
    if (!deployment) return undefined;
    const uid = deployment.metadata.uid ?? '';
    const bounds = boundsOf(deployment);
    const watched = this.#watches.get(uid) ?? { bounds: [bounds], disturbed: false, enoughSinceMs: undefined };
    this.#watches.set(uid, watched);
    const last = watched.bounds.at(-1)!;
    if (last.desired !== bounds.desired && isRolling(deployment, cluster)) watched.disturbed = true;
    if (JSON.stringify(last) !== JSON.stringify(bounds)) watched.bounds.push(bounds);
    const pods = podChange(change);
    if (pods && isLoss(pods)) watched.disturbed = true;
    if (isCarriedOut(deployment, cluster)) watched.bounds = [bounds];
    if (isWhole(deployment, cluster, change.nowMs)) watched.disturbed = false;
    return { deployment, watched };
  }
}

/** The Deployment that the change is about. */
export function deploymentOf({ before, after }: Change, cluster: ClusterModel): DeploymentType | undefined {
  let object = after ?? before;
  for (let up = 0; object && up < 3; up++) {
    if (isKind(Deployment, object)) return cluster.get(Deployment, object.metadata.uid);
    if (!isKind(Pod, object) && !isKind(ReplicaSet, object)) return undefined;
    object = cluster.uids.get(controllerOf(object)?.uid ?? '');
  }
  return undefined;
}

export const replicaSetsOf = (deployment: DeploymentType, cluster: ClusterModel): ReplicaSetType[] =>
  cluster.controlledBy(ReplicaSet, deployment.metadata.uid);

export const podsOf = (deployment: DeploymentType, cluster: ClusterModel): PodType[] =>
  replicaSetsOf(deployment, cluster).flatMap(({ metadata }) => cluster.controlledBy(Pod, metadata.uid));

/** It is to be deleted, or all of its namespace is. */
const isGoing = ({ metadata }: DeploymentType, cluster: ClusterModel): boolean =>
  metadata.deletionTimestamp !== undefined ||
  cluster.all(Namespace).some((one) => one.metadata.name === metadata.namespace && one.metadata.deletionTimestamp !== undefined);

const isObserved = ({ metadata, status }: DeploymentType | ReplicaSetType): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);

const isRolling = (deployment: DeploymentType, cluster: ClusterModel): boolean =>
  !isObserved(deployment) || replicaSetsOf(deployment, cluster).filter(({ spec }) => (spec.replicas ?? 1) > 0).length > 1;

/** Everybody has seen the newest spec, and pods are as many as was asked for: nobody acts on an older one. */
function isCarriedOut(deployment: DeploymentType, cluster: ClusterModel): boolean {
  const sets = replicaSetsOf(deployment, cluster);
  const { most } = boundsOf(deployment);
  return (
    isObserved(deployment) &&
    sets.every(
      (one) => isObserved(one) && cluster.controlledBy(Pod, one.metadata.uid).filter(isActive).length === (one.spec.replicas ?? 1),
    ) &&
    sets.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0) <= most
  );
}

function isWhole(deployment: DeploymentType, cluster: ClusterModel, nowMs: number): boolean {
  const { desired } = boundsOf(deployment);
  const active = podsOf(deployment, cluster).filter(isActive);
  return !isRolling(deployment, cluster) && active.length === desired && availableOf(deployment, cluster, nowMs) === desired;
}

const availableOf = (deployment: DeploymentType, cluster: ClusterModel, nowMs: number): number =>
  podsOf(deployment, cluster).filter((pod) => isActive(pod) && isAvailable(pod, deployment.spec.minReadySeconds ?? 0, nowMs)).length;

export class SurgeBound implements Invariant {
  readonly name = 'a Deployment never has more pods than desired and surge';
  looked = 0;
  readonly #watches = new Watches();

  see(change: Change, cluster: ClusterModel): string | undefined {
    const seen = this.#watches.see(change, cluster);
    const pods = podChange(change);
    if (!seen || !pods || !isMade(pods) || isGoing(seen.deployment, cluster)) return undefined;
    this.looked++;
    const most = Math.max(...seen.watched.bounds.map((bounds) => bounds.most));
    const active = podsOf(seen.deployment, cluster).filter(isActive).length;
    return active > most ? `${nameOf(seen.deployment)} has ${active} pods, where ${most} may be` : undefined;
  }
}

export class AvailabilityBound implements Invariant {
  readonly name = 'a Deployment takes no pod of those that must be available';
  looked = 0;
  readonly #watches = new Watches();

  see(change: Change, cluster: ClusterModel): string | undefined {
    const seen = this.#watches.see(change, cluster);
    if (!seen || isGoing(seen.deployment, cluster)) return undefined;
    const { deployment, watched } = seen;
    const least = Math.min(...watched.bounds.map((bounds) => bounds.least));
    const available = availableOf(deployment, cluster, change.nowMs);
    const pods = podChange(change);
    const wasEnough = watched.enoughSinceMs !== undefined && change.nowMs - watched.enoughSinceMs >= staleMs;
    const isEnough = available >= least;
    if (!isEnough) watched.enoughSinceMs = undefined;
    else watched.enoughSinceMs ??= change.nowMs;
    if (!pods || !isMarked(pods) || !isActive(pods.before!) || watched.disturbed || !wasEnough) return undefined;
    this.looked++;
    return isEnough ? undefined : `${nameOf(deployment)} has ${available} pods available, where ${least} must be`;
  }
}

export class RecreateApart implements Invariant {
  readonly name = 'a Recreate never has pods of two templates';
  looked = 0;

  see(change: Change, cluster: ClusterModel): string | undefined {
    const deployment = deploymentOf(change, cluster);
    const pods = podChange(change);
    if (deployment?.spec.strategy?.type !== 'Recreate' || !pods || !isMade(pods)) return undefined;
    this.looked++;
    const running = podsOf(deployment, cluster).filter((pod) => !isFinished(pod));
    const hashes = new Set(running.map(({ metadata }) => metadata.labels?.['pod-template-hash']));
    return hashes.size > 1 ? `${nameOf(deployment)} has pods of ${[...hashes].join(' and ')}` : undefined;
  }
}
