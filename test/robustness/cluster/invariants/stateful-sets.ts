import type { StatefulSet as StatefulSetType } from '../../../../src/api/generated/apps/v1.ts';
import type { Pod as PodType } from '../../../../src/api/generated/core/v1.ts';
import { StatefulSet } from '../../../../src/api/kinds/apps/statefulset.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { isActive, isFinished, isReady } from '../../../../src/api/pods/pod-state.ts';
import { controllerOf } from '../../../../src/workloads/owner.ts';
import { staleMs, type Invariant, type RunningPod } from '../invariant.ts';
import { isKind, nameOf, type Change, type ClusterModel } from '../model.ts';
import { isFromOutside, isMade, isMarked, podChange } from './pod-changes.ts';

/** Node by node, what runs under one name is one pod. */
export class OrdinalsRunOnce implements Invariant {
  readonly name = 'no pod of one name runs twice';
  looked = 0;

  seeNodes(runs: readonly RunningPod[]): string | undefined {
    const seen = new Map<string, RunningPod>();
    for (const run of runs) {
      const name = `${run.namespace}/${run.name}`;
      const other = seen.get(name);
      this.looked++;
      if (other) return `${name} runs on ${other.node} (${other.uid}) and on ${run.node} (${run.uid})`;
      seen.set(name, run);
    }
    return undefined;
  }
}

/** Of a set with OrderedReady: up in order, each when those before it are ready; down in reverse, one by one. */
export class OrdinalsInOrder implements Invariant {
  readonly name = 'a StatefulSet makes and takes its pods in order';
  looked = 0;
  /** When a pod of this name was last ready, by name. */
  readonly #readyMs = new Map<string, number>();
  /** Sizes that somebody may still act on, by set. */
  readonly #sizes = new Map<string, number[]>();

  see(change: Change, cluster: ClusterModel): string | undefined {
    const pods = podChange(change);
    const set = setOf(change, cluster);
    if (pods?.before && isActive(pods.before) && isReady(pods.before)) this.#readyMs.set(nameOf(pods.before), change.nowMs);
    if (!set || set.spec.podManagementPolicy === 'Parallel' || set.metadata.deletionTimestamp) return undefined;
    const sizes = this.#sizesOf(set, cluster);
    if (!pods) return undefined;
    if (isMade(pods)) return this.#made(set, pods.after!, cluster, change.nowMs);
    if (!isMarked(pods) || isFromOutside(pods) || isFinished(pods.before!)) return undefined;
    return this.#taken(set, pods.before!, { sizes, cluster, nowMs: change.nowMs });
  }

  #made(set: StatefulSetType, pod: PodType, cluster: ClusterModel, nowMs: number): string | undefined {
    this.looked++;
    const late = range(ordinalOf(pod)).find((ordinal) => !this.#isReady(set, ordinal, cluster, nowMs));
    return late === undefined ? undefined : `${nameOf(pod)} was made, and ${late} was not ready`;
  }

  #taken(
    set: StatefulSetType,
    pod: PodType,
    { sizes, cluster, nowMs }: { sizes: readonly number[]; cluster: ClusterModel; nowMs: number },
  ): string | undefined {
    this.looked++;
    const ordinal = ordinalOf(pod);
    const above = cluster.controlledBy(Pod, set.metadata.uid).find((other) => ordinalOf(other) > ordinal);
    if (ordinal >= Math.min(...sizes) && !above) return undefined;
    const isOld = pod.metadata.labels?.['controller-revision-hash'] !== set.status?.updateRevision;
    if (above && !isOld) return `${nameOf(pod)} went before ${nameOf(above)}`;
    const others = range(Math.min(...sizes)).filter((other) => other !== ordinal);
    const late = others.find((other) => !this.#isReady(set, other, cluster, nowMs));
    return late === undefined ? undefined : `${nameOf(pod)} was taken, and ${late} was not ready`;
  }

  #isReady(set: StatefulSetType, ordinal: number, cluster: ClusterModel, nowMs: number): boolean {
    const name = `${set.metadata.name}-${ordinal}`;
    const pod = cluster.controlledBy(Pod, set.metadata.uid).find(({ metadata }) => metadata.name === name);
    if (pod && isActive(pod) && isReady(pod)) return true;
    const readyMs = this.#readyMs.get(`${set.metadata.namespace}/${name}`);
    // Lost since, and not by the set: it may not know yet.
    return readyMs !== undefined && nowMs - readyMs < staleMs && (!pod || isActive(pod) || isFromOutside({ after: pod }));
  }

  #sizesOf(set: StatefulSetType, cluster: ClusterModel): number[] {
    const uid = set.metadata.uid ?? '';
    const size = set.spec.replicas ?? 1;
    const sizes = this.#sizes.get(uid) ?? [size];
    if (sizes.at(-1) !== size) sizes.push(size);
    const isObserved = (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0);
    const isCarriedOut = isObserved && cluster.controlledBy(Pod, uid).length === size;
    this.#sizes.set(uid, isCarriedOut ? [size] : sizes);
    return isCarriedOut ? [size] : sizes;
  }
}

function setOf({ before, after }: Change, cluster: ClusterModel): StatefulSetType | undefined {
  const object = after ?? before;
  if (isKind(StatefulSet, object)) return cluster.get(StatefulSet, object.metadata.uid);
  return isKind(Pod, object) ? cluster.get(StatefulSet, controllerOf(object)?.uid) : undefined;
}

const ordinalOf = ({ metadata: { name = '' } }: PodType): number => Number(name.slice(name.lastIndexOf('-') + 1));
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
