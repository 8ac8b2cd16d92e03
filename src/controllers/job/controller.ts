import type { Job as JobObject, JobCondition, JobStatus } from '../../api/generated/batch/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Job } from '../../api/kinds/batch/job.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { matchesLabels, selectorOf } from '../../api/label-selector.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { timestampOf } from '../../api/timestamps.ts';
import { defineController, watchOf, type After, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { claim } from '../../workloads/claim.ts';
import { controllerOf, withType } from '../../workloads/owner.ts';
import { BackOffs, withEnded, type Failures } from './back-off.ts';
import { takeCensus, withoutReplacements, type Census } from './census.ts';
import { jobCondition, withCondition } from './conditions.ts';
import { isFinished, isManagedElsewhere, isSuspended, trackingFinalizer } from './job-state.ts';
import { Pace } from './pace.ts';
import { planPods } from './plan.ts';
import { carryOut, countsOf, endActivePods, type Counts, type Outcome } from './pods.ts';
import { concluded, settled, tally, trackedUids, type Tally } from './tally.ts';
import { releasePod } from './tracking-finalizer.ts';
import { completionOf, deadlineInMs, verdictOn } from './verdict.ts';

/** Runs each job's pods until enough have succeeded or too many have failed. Source: upstream's pkg/controller/job. */
export function jobController(): Controller {
  const backOffs = new BackOffs();
  const pace = new Pace();
  const forget = (key: string): void => {
    backOffs.forget(key);
    pace.forget(key);
  };
  return defineController({
    name: 'job-controller',
    for: Job,
    owns: [Pod],
    watches: [watchOf(Pod, jobsThatMayAdopt)],
    async reconcile(job, context) {
      if (isManagedElsewhere(job)) return;
      if (isFinished(job)) return forget(keyOf(job));
      const restMs = pace.restMs(job, context.env.clock.now());
      if (restMs > 0) return { requeueAfterMs: restMs };
      try {
        return await sync(job, context, backOffs);
      } catch (error) {
        // The queue knows when to try again, ever later.
        pace.forget(keyOf(job));
        throw error;
      }
    },
    gone: async (key) => forget(key),
  });
}

const jobsThatMayAdopt = (pod: PodObject, { list }: Context): string[] =>
  controllerOf(pod)
    ? []
    : list(Job, pod.metadata.namespace)
        .filter(({ spec }) => spec.selector && matchesLabels(selectorOf(spec.selector), pod.metadata.labels))
        .map(keyOf);

async function sync(known: JobObject, context: Context, backOffs: BackOffs): Promise<After> {
  const { clock } = context.env;
  const job = begun(known, clock.now());
  const census = takeCensus(job, await podsOf(job, context));
  const failures = withEnded(backOffs.of(job), census.newlySucceeded, census.newlyFailed);
  const decided = verdictOn(census, clock.now());
  const { outcome, verdict, status } = decided ? await end(census, decided, context) : await goOn(census, failures, context);
  const noted = tally(outcome.isAtAnEnd ? withoutReplacements(census) : census, withCounts(status, outcome), verdict);
  const written = await write(known, noted.status, context);
  backOffs.note(job, failures);
  await settle(written, census, noted, noted.isFull ? undefined : verdict, outcome, context);
  if (outcome.failure) throw outcome.failure.error;
  const replaceInMs = outcome.waitMs === undefined ? undefined : Math.max(outcome.waitMs, soonestMs);
  return soonest(replaceInMs, decided ? undefined : deadlineInMs(job, clock.now()));
}

/** Replacements wait a second at least. */
const soonestMs = 1000;

/** A job starts when it is first seen, unless it is suspended. */
function begun(job: JobObject, nowMs: number): JobObject {
  if (job.status?.startTime || isSuspended(job)) return job;
  return { ...job, status: { ...job.status, startTime: timestampOf(nowMs) } };
}

const podsOf = (job: JobObject, context: Context): Promise<PodObject[]> =>
  claim(context, {
    kind: Pod,
    owner: job,
    ownerKind: Job,
    selector: selectorOf(job.spec.selector),
    objects: [...context.owned(Pod, job), ...context.orphans(Pod, job.metadata.namespace ?? '')],
    finalizer: trackingFinalizer,
  });

interface Step {
  readonly outcome: Outcome;
  readonly verdict: JobCondition | undefined;
  readonly status: JobStatus;
}

/** While pods are left that could not be told to end, the job is not over. */
async function end(census: Census, verdict: JobCondition, context: Context): Promise<Step> {
  const outcome = await endActivePods(census, context);
  return { outcome, verdict: outcome.active === 0 ? verdict : undefined, status: census.job.status };
}

async function goOn(census: Census, failures: Failures, context: Context): Promise<Step> {
  const { job } = census;
  const nowMs = context.env.clock.now();
  const isGoing = job.metadata.deletionTimestamp !== undefined;
  const outcome = isGoing ? countsOf(census) : await carryOut(planPods(census, failures, nowMs), census, context);
  const verdict = completionOf(census, outcome.active, nowMs);
  return { outcome, verdict, status: verdict || isGoing ? job.status : withSuspension(job, context) };
}

/** Says whether the job is suspended; when it is resumed, its time begins anew. */
function withSuspension(job: JobObject, { env, events }: Context): JobStatus {
  const { conditions = [] } = job.status;
  const nowMs = env.clock.now();
  const next = isSuspended(job)
    ? jobCondition('Suspended', { reason: 'JobSuspended', message: 'Job suspended' }, nowMs)
    : jobCondition('Suspended', { status: 'False', reason: 'JobResumed', message: 'Job resumed' }, nowMs);
  const changed = withCondition(conditions, next);
  if (changed === conditions) return job.status;
  events.event(withType(job, Job), 'Normal', isSuspended(job) ? 'Suspended' : 'Resumed', next.message!);
  return { ...job.status, conditions: changed, ...(!isSuspended(job) && { startTime: timestampOf(nowMs) }) };
}

const withCounts = ({ active: _active, ...status }: JobStatus, { active, ready, terminating }: Counts): JobStatus => ({
  ...status,
  ...(active > 0 && { active }),
  ready,
  terminating,
});

/** Lets the noted pods go, counts those that went, and says the last word when nothing is left. */
async function settle(
  job: JobObject,
  { pods }: Census,
  { release }: Tally,
  verdict: JobCondition | undefined,
  { terminating }: Counts,
  context: Context,
): Promise<void> {
  const released = await Promise.allSettled(release.map((pod) => releasePod(context, pod)));
  const tracked = trackedUids(pods);
  for (const [at, { metadata }] of release.entries()) if (released[at]!.status === 'fulfilled') tracked.delete(metadata.uid ?? '');
  const failed = released.find((result) => result.status === 'rejected');
  const counted = settled(job.status, tracked);
  const last = verdict && !failed ? concluded(counted, verdict, terminating, context.env.clock.now()) : undefined;
  await write(job, last ?? counted, context);
  if (failed) throw failed.reason;
  if (last) tellEnd(job, last, context);
}

async function write(job: JobObject, status: JobStatus, { client }: Context): Promise<JobObject> {
  return semanticallyEqual(job.status, status) ? job : client.updateStatus(Job, { ...job, status });
}

function tellEnd(job: JobObject, { conditions = [], succeeded = 0 }: JobStatus, { events }: Context): void {
  const about = withType(job, Job);
  const failed = conditions.find(({ type, status }) => type === 'Failed' && status === 'True');
  if (failed) return events.event(about, 'Warning', failed.reason ?? '', failed.message ?? '');
  if (job.spec.completions !== undefined && succeeded > job.spec.completions)
    events.event(about, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
  events.event(about, 'Normal', 'Completed', 'Job completed');
}

function soonest(...delaysMs: readonly (number | undefined)[]): After {
  const due = delaysMs.filter((ms) => ms !== undefined);
  return due.length === 0 ? undefined : { requeueAfterMs: Math.min(...due) };
}
