import { isAlreadyExists, isNotFound } from '../../api/errors.ts';
import type { CronJob as CronJobObject, CronJobStatus, Job as JobObject } from '../../api/generated/batch/v1.ts';
import type { ObjectReference } from '../../api/generated/core/v1.ts';
import { CronJob } from '../../api/kinds/batch/cronjob.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Context } from '../../client/controller.ts';
import { referenceTo } from '../../client/event-recorder.ts';
import { messageOf } from '../../workloads/error-message.ts';
import { isControlledBy, withType } from '../../workloads/owner.ts';
import { isNamespaceTerminating } from '../../workloads/pod-control.ts';
import { beyondHistory, endOf } from './job-end.ts';
import { jobOf } from './job-of.ts';

/** One go at a CronJob: what it does to jobs, and what becomes of the status meanwhile. */
export class Round {
  readonly cronJob: CronJobObject;
  readonly #context: Context;
  #active: readonly ObjectReference[];
  #rest: Omit<CronJobStatus, 'active'>;

  constructor(cronJob: CronJobObject, context: Context) {
    const { active = [], ...rest } = cronJob.status ?? {};
    this.cronJob = cronJob;
    this.#context = context;
    this.#active = active;
    this.#rest = rest;
  }

  get active(): readonly ObjectReference[] {
    return this.#active;
  }

  get status(): CronJobStatus {
    return { ...(this.#active.length > 0 && { active: this.#active }), ...this.#rest };
  }

  tell(severity: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.event(withType(this.cronJob, CronJob), severity, reason, message);
  }

  async forgetHistory(jobs: readonly JobObject[]): Promise<void> {
    for (const job of beyondHistory(jobs, this.cronJob.spec)) await this.#delete(job);
  }

  /** Takes note of what has become of the jobs since. */
  async lookAt(jobs: readonly JobObject[]): Promise<void> {
    for (const job of jobs) this.#lookAtJob(job);
    const there = new Set(jobs.map(({ metadata }) => metadata.uid));
    for (const { uid, name = '' } of this.#active) {
      if (there.has(uid) || (await this.#find(name))) continue;
      this.tell('Normal', 'MissingJob', `Active job went missing: ${name}`);
      this.#deactivate(uid);
    }
  }

  /** Ends what is still at work. Rejects when something stays. */
  async replaceActive(): Promise<void> {
    for (const { name = '' } of this.#active) {
      const job = await this.#get(name);
      if (!(await this.#delete(job))) throw new Error(`could not replace job ${job.metadata.namespace}/${name}`);
    }
  }

  /** Makes the job for the time, or takes up one that was made before and not noted. */
  async start(scheduledMs: number): Promise<void> {
    const job = await this.#create(jobOf(this.cronJob, scheduledMs));
    if (!job || this.#isActive(job)) return;
    this.#active = [...this.#active, referenceTo(withType(job, Job))];
    this.#rest = { ...this.#rest, lastScheduleTime: timestampOf(scheduledMs) };
  }

  #lookAtJob(job: JobObject): void {
    const { name = '', uid } = job.metadata;
    const end = endOf(job);
    const isKnown = this.#isActive(job);
    if (!end) {
      if (!isKnown) this.tell('Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`);
      return;
    }
    if (isKnown) {
      this.tell('Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`);
      this.#deactivate(uid);
    }
    const { completionTime = '' } = job.status;
    if (end === 'Complete' && completionTime > (this.#rest.lastSuccessfulTime ?? ''))
      this.#rest = { ...this.#rest, lastSuccessfulTime: completionTime };
  }

  /** Undefined where it is somebody else's, who looks after it. */
  async #create(job: JobObject): Promise<JobObject | undefined> {
    try {
      const created = await this.#context.client.create(Job, job);
      this.tell('Normal', 'SuccessfulCreate', `Created job ${created.metadata.name}`);
      return created;
    } catch (error) {
      if (isAlreadyExists(error)) {
        const there = await this.#context.client.get(Job, { namespace: job.metadata.namespace, name: job.metadata.name! });
        return isControlledBy(there, this.cronJob) ? there : undefined;
      }
      if (!isNamespaceTerminating(error)) this.tell('Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`);
      throw error;
    }
  }

  async #delete({ metadata: { namespace, name = '', uid } }: JobObject): Promise<boolean> {
    try {
      await this.#context.client.delete(Job, { namespace, name }, { propagationPolicy: 'Background' });
    } catch (error) {
      this.tell('Warning', 'FailedDelete', `Deleted job: ${messageOf(error)}`);
      return false;
    }
    this.#deactivate(uid);
    this.tell('Normal', 'SuccessfulDelete', `Deleted job ${name}`);
    return true;
  }

  async #get(name: string): Promise<JobObject> {
    try {
      return await this.#context.client.get(Job, { namespace: this.cronJob.metadata.namespace, name });
    } catch (error) {
      this.tell('Warning', 'FailedGet', `Get job: ${messageOf(error)}`);
      throw error;
    }
  }

  async #find(name: string): Promise<JobObject | undefined> {
    try {
      return await this.#context.client.get(Job, { namespace: this.cronJob.metadata.namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #isActive = ({ metadata }: JobObject): boolean => this.#active.some(({ uid }) => uid === metadata.uid);

  #deactivate(uid: string | undefined): void {
    this.#active = this.#active.filter((reference) => reference.uid !== uid);
  }
}
