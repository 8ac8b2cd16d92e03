import type { Job as JobType } from '../../../../src/api/generated/batch/v1.ts';
import { Job } from '../../../../src/api/kinds/batch/job.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { isActive } from '../../../../src/api/pods/pod-state.ts';
import { controllerOf } from '../../../../src/workloads/owner.ts';
import type { Invariant } from '../invariant.ts';
import { isKind, nameOf, type Change, type ClusterModel } from '../model.ts';
import { isMade, podChange } from './pod-changes.ts';

const isTrue = ({ status }: JobType, ...types: string[]): boolean =>
  (status?.conditions ?? []).some((condition) => types.includes(condition.type) && condition.status === 'True');

/** What a Job counts are pods that really ended so, each once. */
export class CompletionsCountedOnce implements Invariant {
  readonly name = 'a Job counts each completion once';
  looked = 0;
  readonly #ended = { Succeeded: new Map<string, Set<string>>(), gone: new Map<string, Set<string>>() };

  see(change: Change): string | undefined {
    const pods = podChange(change);
    if (pods) {
      const pod = (pods.after ?? pods.before)!;
      const job = controllerOf(pod)?.uid ?? '';
      if (pod.status?.phase === 'Succeeded') note(this.#ended.Succeeded, job, pod.metadata.uid);
      else if (pod.status?.phase === 'Failed' || pod.metadata.deletionTimestamp || !pods.after)
        note(this.#ended.gone, job, pod.metadata.uid);
      return undefined;
    }
    const { before, after } = change;
    if (!isKind(Job, after) || !isKind(Job, before)) return undefined;
    return this.#counts(before, after);
  }

  #counts(before: JobType, after: JobType): string | undefined {
    this.looked++;
    const uid = after.metadata.uid ?? '';
    const { succeeded = 0, failed = 0 } = after.status ?? {};
    const ended = this.#ended.Succeeded.get(uid) ?? new Set();
    const gone = this.#ended.gone.get(uid) ?? new Set();
    if (succeeded > ended.size) return `${nameOf(after)} counts ${succeeded} succeeded, and ${ended.size} pods did`;
    if (succeeded < (before.status?.succeeded ?? 0))
      return `${nameOf(after)} counts ${succeeded} succeeded after ${before.status?.succeeded}`;
    // Of a Job that has failed, whatever still ran counts as failed, though it may succeed in its last moment.
    const both = new Set([...ended, ...gone]).size;
    const mayCount = isTrue(after, 'FailureTarget', 'Failed') ? both : gone.size;
    if (failed > mayCount) return `${nameOf(after)} counts ${failed} failed, and ${mayCount} pods did`;
    if (succeeded + failed > both) return `${nameOf(after)} counts ${succeeded} and ${failed} of ${both} pods`;
    const { completions } = after.spec;
    if (completions !== undefined && succeeded > completions) return `${nameOf(after)} counts ${succeeded} of ${completions}`;
    return undefined;
  }
}

function note(map: Map<string, Set<string>>, job: string, uid: string | undefined): void {
  const uids = map.get(job) ?? new Set();
  map.set(job, uids.add(uid ?? ''));
}

export class ParallelismBound implements Invariant {
  readonly name = 'a Job has no more pods at a time than it may';
  looked = 0;
  /** Since the controller last said it has seen the spec, by Job. */
  readonly #allowed = new Map<string, number>();

  see(change: Change, cluster: ClusterModel): string | undefined {
    const { before, after } = change;
    if (isKind(Job, after)) {
      const uid = after.metadata.uid ?? '';
      const most = after.spec.suspend ? 0 : (after.spec.parallelism ?? 1);
      const isChanged = isKind(Job, before) && JSON.stringify(before.spec) !== JSON.stringify(after.spec);
      const isActed = !isChanged && (after.status?.active ?? 0) <= most && cluster.controlledBy(Pod, uid).filter(isActive).length <= most;
      this.#allowed.set(uid, isActed ? most : Math.max(most, this.#allowed.get(uid) ?? most));
    }
    const pods = podChange(change);
    const job = pods && isMade(pods) && cluster.get(Job, controllerOf(pods.after!)?.uid);
    if (!job) return undefined;
    this.looked++;
    if (isTrue(job, 'Complete', 'Failed', 'SuccessCriteriaMet', 'FailureTarget')) return `${nameOf(job)} is over, and gets a pod`;
    const most = this.#allowed.get(job.metadata.uid ?? '') ?? 1;
    const active = cluster.controlledBy(Pod, job.metadata.uid).filter(isActive).length;
    return active > most ? `${nameOf(job)} has ${active} pods, where ${most} may be` : undefined;
  }
}
