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
        ? [`${object.kind} ${nameOf(object)} is to go since ${deletionTimestamp}, with finalizers ${finalizers}`]
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
    const wrong: string[] = [];
    const expect = (object: KubeObject, what: string, is: unknown, want: unknown): void => {
      this.looked++;
      if (is !== want) wrong.push(`${object.kind} ${nameOf(object)}: ${what} is ${String(is)}, not ${String(want)}`);
    };
    for (const deployment of cluster.all(Deployment)) {
      const { replicas = 1, template, paused } = deployment.spec;
      if (paused) continue;
      const sets = cluster.controlledBy(ReplicaSet, deployment.metadata.uid);
      const current = sets.find(({ spec }) => canonical(spec.template ?? {}) === canonical(template));
      const pods = cluster.controlledBy(Pod, current?.metadata.uid);
      expect(deployment, 'pods of its template that are ready', pods.filter(serves).length, replicas);
      const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = deployment.status ?? {};
      expect(deployment, 'status', `${updatedReplicas}/${readyReplicas}/${availableReplicas}`, `${replicas}/${replicas}/${replicas}`);
      expect(deployment, 'observedGeneration', deployment.status?.observedGeneration, deployment.metadata.generation);
    }
    for (const set of cluster.all(ReplicaSet)) {
      const pods = cluster.controlledBy(Pod, set.metadata.uid).filter((pod) => !isFinished(pod));
      expect(set, 'pods', pods.length, set.spec.replicas ?? 1);
      expect(set, 'status.replicas', set.status?.replicas, pods.length);
      expect(set, 'status.readyReplicas', set.status?.readyReplicas ?? 0, pods.filter(serves).length);
    }
    for (const set of cluster.all(StatefulSet)) {
      const { replicas = 1 } = set.spec;
      expect(set, 'pods that are ready', cluster.controlledBy(Pod, set.metadata.uid).filter(serves).length, replicas);
      expect(set, 'status.readyReplicas', set.status?.readyReplicas ?? 0, replicas);
      expect(set, 'status.currentRevision', set.status?.currentRevision, set.status?.updateRevision);
    }
    for (const set of cluster.all(DaemonSet)) {
      const nodes = cluster.all(Node).filter((node) => !(node.spec?.taints ?? []).some(({ effect }) => effect !== 'PreferNoSchedule'));
      expect(set, 'pods that are ready', cluster.controlledBy(Pod, set.metadata.uid).filter(serves).length, nodes.length);
      expect(set, 'status.numberReady', set.status?.numberReady ?? 0, nodes.length);
      expect(set, 'status.updatedNumberScheduled', set.status?.updatedNumberScheduled ?? 0, nodes.length);
    }
    for (const job of cluster.all(Job)) {
      const active = cluster.controlledBy(Pod, job.metadata.uid).filter(isActive).length;
      const isOver = (job.status?.conditions ?? []).some(
        ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
      );
      const isComplete = (job.status?.conditions ?? []).some(({ type, status }) => status === 'True' && type === 'Complete');
      expect(job, 'over', isOver, true);
      expect(job, 'active', job.status?.active ?? 0, active);
      if (isComplete && job.spec.completions !== undefined) expect(job, 'succeeded', job.status?.succeeded, job.spec.completions);
      expect(job, 'uncounted pods', Object.values(job.status?.uncountedTerminatedPods ?? {}).flat().length, 0);
    }
    return wrong;
  }
}

const serves = (pod: PodType): boolean => isActive(pod) && isReady(pod);
