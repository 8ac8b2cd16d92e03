import type { Job as JobType } from '../../../../src/api/generated/batch/v1.ts';
import { CronJob } from '../../../../src/api/kinds/batch/cronjob.ts';
import { Job } from '../../../../src/api/kinds/batch/job.ts';
import { controllerOf } from '../../../../src/workloads/owner.ts';
import type { Invariant } from '../invariant.ts';
import { isKind, nameOf, type Change, type ClusterModel } from '../model.ts';

/** Each time has one Job, and where jobs may not overlap they do not. */
export class TimesRunOnce implements Invariant {
  readonly name = 'a CronJob runs each time once, and not beside another where that is forbidden';
  looked = 0;
  /** Jobs made so far, by the CronJob's uid and the time. */
  readonly #made = new Map<string, string>();

  see({ before, after }: Change, cluster: ClusterModel): string | undefined {
    if (before || !isKind(Job, after)) return undefined;
    const cron = cluster.get(CronJob, controllerOf(after)?.uid);
    if (!cron) return undefined;
    this.looked++;
    const time = `${cron.metadata.uid}/${after.metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']}`;
    const earlier = this.#made.get(time);
    this.#made.set(time, nameOf(after));
    if (earlier) return `${nameOf(after)} is for the same time as ${earlier}`;
    if (cron.spec.concurrencyPolicy !== 'Forbid') return undefined;
    const beside = cluster
      .controlledBy(Job, cron.metadata.uid)
      .find((other) => other.metadata.uid !== after.metadata.uid && !isOver(other) && !other.metadata.deletionTimestamp);
    return beside && `${nameOf(after)} was made, and ${nameOf(beside)} still runs`;
  }
}

const isOver = ({ status }: JobType): boolean =>
  (status?.conditions ?? []).some(
    (condition) => condition.status === 'True' && (condition.type === 'Complete' || condition.type === 'Failed'),
  );
