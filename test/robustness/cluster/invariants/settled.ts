import type {
  DaemonSet as DaemonSetType,
  Deployment as DeploymentType,
  ReplicaSet as ReplicaSetType,
  StatefulSet as StatefulSetType,
} from '../../../../src/api/generated/apps/v1.ts';
import type { Job as JobType } from '../../../../src/api/generated/batch/v1.ts';
import type { Pod as PodType } from '../../../../src/api/generated/core/v1.ts';
import type { KubeObject } from '../../../../src/api/meta.ts';
import { DaemonSet } from '../../../../src/api/kinds/apps/daemonset.ts';
import { Deployment } from '../../../../src/api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../../../src/api/kinds/apps/replicaset.ts';
import { StatefulSet } from '../../../../src/api/kinds/apps/statefulset.ts';
import { Job } from '../../../../src/api/kinds/batch/job.ts';
import { Node } from '../../../../src/api/kinds/core/node.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { isActive, isFinished, isReady } from '../../../../src/api/pods/pod-state.ts';
import type { Invariant } from '../invariant.ts';
import { nameOf, type ClusterModel } from '../model.ts';
import { canonical } from './revisions.ts';

/** Whatever was to be deleted is gone. */
export class DeletedIsGone implements Invariant {
  readonly name = 'each finalizer is resolved';
  looked = 0;

  atEnd(cluster: ClusterModel): readonly string[] {
    return [...cluster.objects.values()].flatMap((object) => {
      this.looked++;
      const { deletionTimestamp, finalizers = [] } = object.metadata;
      return deletionTimestamp
        ? [`${object.kind} ${nameOf(object)} is to go since ${deletionTimestamp}, with finalizers ${finalizers.join()}`]
        : [];
    });
  }
}

export class NoOrphans implements Invariant {
  readonly name = 'nothing outlives its owners';
  looked = 0;

  atEnd(cluster: ClusterModel): readonly string[] {
    return [...cluster.objects.values()].flatMap((object) =>
      (object.metadata.ownerReferences ?? []).flatMap(({ kind, name, uid }) => {
        this.looked++;
        return cluster.uids.has(uid) ? [] : [`${object.kind} ${nameOf(object)} belongs to ${kind} ${name} (${uid}), which is gone`];
      }),
    );
  }
}

/** Every workload has what its spec asks for, and its status says so. */
export class WorkloadsComplete implements Invariant {
  readonly name = 'workloads are what was asked for';
  looked = 0;

  atEnd(cluster: ClusterModel): readonly string[] {
    const facts = [
      ...cluster.all(Deployment).flatMap((deployment) => deploymentFacts(deployment, cluster)),
      ...cluster.all(ReplicaSet).flatMap((set) => replicaSetFacts(set, cluster)),
      ...cluster.all(StatefulSet).flatMap((set) => statefulSetFacts(set, cluster)),
      ...cluster.all(DaemonSet).flatMap((set) => daemonSetFacts(set, cluster)),
      ...cluster.all(Job).flatMap((job) => jobFacts(job, cluster)),
    ];
    this.looked += facts.length;
    return facts.flatMap(({ of, what, is, want }) =>
      is === want ? [] : [`${of.kind} ${nameOf(of)}: ${what} is ${String(is)}, not ${String(want)}`],
    );
  }
}

type Value = string | number | boolean | undefined;
interface Fact {
  readonly of: KubeObject;
  readonly what: string;
  readonly is: Value;
  readonly want: Value;
}

const factsOf = (of: KubeObject, rows: readonly (readonly [what: string, is: Value, want: Value])[]): Fact[] =>
  rows.map(([what, is, want]) => ({ of, what, is, want }));

function deploymentFacts(deployment: DeploymentType, cluster: ClusterModel): Fact[] {
  const { replicas = 1, template, paused } = deployment.spec;
  if (paused) return [];
  const sets = cluster.controlledBy(ReplicaSet, deployment.metadata.uid);
  const current = sets.find(({ spec }) => canonical(spec.template ?? {}) === canonical(template));
  const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0, observedGeneration } = deployment.status ?? {};
  return factsOf(deployment, [
    ['pods of its template that are ready', cluster.controlledBy(Pod, current?.metadata.uid).filter(serves).length, replicas],
    ['status', `${updatedReplicas}/${readyReplicas}/${availableReplicas}`, `${replicas}/${replicas}/${replicas}`],
    ['observedGeneration', observedGeneration, deployment.metadata.generation],
  ]);
}

function replicaSetFacts(set: ReplicaSetType, cluster: ClusterModel): Fact[] {
  const pods = cluster.controlledBy(Pod, set.metadata.uid).filter((pod) => !isFinished(pod));
  return factsOf(set, [
    ['pods', pods.length, set.spec.replicas ?? 1],
    ['status.replicas', set.status?.replicas, pods.length],
    ['status.readyReplicas', set.status?.readyReplicas ?? 0, pods.filter(serves).length],
  ]);
}

function statefulSetFacts(set: StatefulSetType, cluster: ClusterModel): Fact[] {
  const { replicas = 1 } = set.spec;
  return factsOf(set, [
    ['pods that are ready', cluster.controlledBy(Pod, set.metadata.uid).filter(serves).length, replicas],
    ['status.readyReplicas', set.status?.readyReplicas ?? 0, replicas],
    ['status.currentRevision', set.status?.currentRevision, set.status?.updateRevision],
  ]);
}

function daemonSetFacts(set: DaemonSetType, cluster: ClusterModel): Fact[] {
  const nodes = cluster.all(Node).filter(({ spec }) => !(spec?.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule'));
  return factsOf(set, [
    ['pods that are ready', cluster.controlledBy(Pod, set.metadata.uid).filter(serves).length, nodes.length],
    ['status.numberReady', set.status?.numberReady ?? 0, nodes.length],
    ['status.updatedNumberScheduled', set.status?.updatedNumberScheduled ?? 0, nodes.length],
  ]);
}

function jobFacts(job: JobType, cluster: ClusterModel): Fact[] {
  const { conditions = [], active = 0, succeeded, uncountedTerminatedPods = {} } = job.status ?? {};
  const is = (...types: string[]) => conditions.some(({ type, status }) => status === 'True' && types.includes(type));
  return factsOf(job, [
    ['over', is('Complete', 'Failed'), true],
    ['active', active, cluster.controlledBy(Pod, job.metadata.uid).filter(isActive).length],
    ['uncounted pods', Object.values(uncountedTerminatedPods).flat().length, 0],
    ...(is('Complete') && job.spec.completions !== undefined ? [['succeeded', succeeded, job.spec.completions] as const] : []),
  ]);
}

const serves = (pod: PodType): boolean => isActive(pod) && isReady(pod);
