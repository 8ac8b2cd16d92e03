import { duplicate, invalid, omittedValue, required, type FieldError } from '../../field-error.ts';
import type { Job, JobStatus, UncountedTerminatedPods } from '../../generated/batch/v1.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { validateCounts } from '../apps/status-counts.ts';
import { isTrue } from '../conditions.ts';
import { IndexIntervalsError, overlap, parseIndexIntervals } from './index-intervals.ts';

type Field = keyof JobStatus;
type ConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet';

/**
 * A Job's status may be written by any controller (`managedBy`), so its transitions are held to
 * the rules that clients count on. A rule is checked only where something it speaks of changes:
 * a status that broke it before must not block unrelated updates.
 */
export function validateJobStatusUpdate(next: Job, old: Job): FieldError[] {
  const write = new StatusWrite(next, old);
  return [
    ...validateCounts(write.status, ['active', 'succeeded', 'failed', 'ready', 'terminating']),
    ...validateUncounted(write.status.uncountedTerminatedPods),
    ...conditionProblems(write),
    ...timeProblems(write),
    ...finishedProblems(write),
    ...indexProblems(write),
    ...transitionProblems(write),
  ];
}

class StatusWrite {
  readonly job: Job;
  readonly status: JobStatus;
  readonly before: JobStatus;

  constructor(next: Job, old: Job) {
    this.job = next;
    this.status = next.status ?? {};
    this.before = old.status ?? {};
  }

  is = (type: ConditionType): boolean => isTrue(this.status.conditions, type);
  was = (type: ConditionType): boolean => isTrue(this.before.conditions, type);
  turned = (...types: ConditionType[]): boolean => types.some((type) => this.is(type) !== this.was(type));
  changed = (...fields: Field[]): boolean => fields.some((field) => !semanticallyEqual(this.status[field], this.before[field]));
  isFinished = (): boolean => this.is('Complete') || this.is('Failed');
  finishedChanged = (): boolean => this.isFinished() !== (this.was('Complete') || this.was('Failed'));
  isIndexed = (): boolean => this.job.spec.completionMode === 'Indexed';
}

const conditions = (detail: string) => invalid('status.conditions', omittedValue, detail);

function conditionProblems({ is, turned, job }: StatusWrite): FieldError[] {
  const problems: FieldError[] = [];
  const reject = (wrong: boolean, detail: string) => {
    if (wrong) problems.push(conditions(detail));
  };
  reject(turned('Complete', 'Failed') && is('Complete') && is('Failed'), 'cannot set Complete=True and Failed=true conditions');
  reject(
    turned('Complete', 'FailureTarget') && is('Complete') && is('FailureTarget'),
    'cannot set Complete=True and FailureTarget=true conditions',
  );
  reject(
    turned('Failed', 'FailureTarget') && is('Failed') && !is('FailureTarget'),
    'cannot set Failed=True condition without the FailureTarget=true condition',
  );
  reject(
    turned('Complete', 'SuccessCriteriaMet') && is('Complete') && !is('SuccessCriteriaMet'),
    'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
  );
  reject(is('SuccessCriteriaMet') && is('Failed'), 'cannot set SuccessCriteriaMet=True and Failed=true conditions');
  reject(is('SuccessCriteriaMet') && is('FailureTarget'), 'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  reject(
    job.spec.successPolicy !== undefined && is('Complete') && !is('SuccessCriteriaMet'),
    'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
  );
  return problems;
}

function timeProblems({ status, is, turned, changed }: StatusWrite): FieldError[] {
  const { startTime, completionTime } = status;
  const problems: FieldError[] = [];
  if (turned('Complete') || changed('completionTime')) {
    if (completionTime && !is('Complete'))
      problems.push(invalid('status.completionTime', completionTime, 'cannot set completionTime when there is no Complete=True condition'));
    if (!completionTime && is('Complete')) problems.push(required('status.completionTime', 'completionTime is required for Complete jobs'));
  }
  const inOrder = !startTime || !completionTime || Date.parse(completionTime) >= Date.parse(startTime);
  if (!inOrder && changed('startTime', 'completionTime'))
    problems.push(invalid('status.completionTime', completionTime, 'must be equal to or after `startTime`'));
  return problems;
}

function finishedProblems({ status, isFinished, finishedChanged, changed }: StatusWrite): FieldError[] {
  const { active = 0, ready = 0, terminating = 0, startTime, uncountedTerminatedPods } = status;
  const problems: FieldError[] = [];
  const finished = (field: Field) => isFinished() && (finishedChanged() || changed(field));
  if (active > 0 && finished('active')) problems.push(invalid('status.active', active, 'active>0 is invalid for finished job'));
  if (!startTime && finished('startTime')) problems.push(required('status.startTime', 'startTime is required for finished job'));
  const uncounted = (uncountedTerminatedPods?.failed?.length ?? 0) + (uncountedTerminatedPods?.succeeded?.length ?? 0);
  if (uncounted > 0 && finished('uncountedTerminatedPods'))
    problems.push(invalid('status.uncountedTerminatedPods', uncountedTerminatedPods, 'must be empty for finished job'));
  if (terminating > 0 && finished('terminating'))
    problems.push(invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
  if (ready > active && changed('ready', 'active')) problems.push(invalid('status.ready', ready, 'cannot set more ready pods than active'));
  return problems;
}

function indexProblems({ job, status, changed, isIndexed }: StatusWrite): FieldError[] {
  const { completions, backoffLimitPerIndex } = job.spec;
  const { completedIndexes = '', failedIndexes } = status;
  const problems: FieldError[] = [];
  if (changed('completedIndexes')) {
    if (completions !== undefined) problems.push(...validateIndexes('completedIndexes', completedIndexes, completions));
    if (completedIndexes !== '' && !isIndexed())
      problems.push(
        invalid('status.completedIndexes', completedIndexes, 'cannot set non-empty completedIndexes when non-indexed completion mode'),
      );
  }
  if (failedIndexes === undefined) return problems;
  if (changed('failedIndexes')) {
    if (completions !== undefined && backoffLimitPerIndex !== undefined)
      problems.push(...validateIndexes('failedIndexes', failedIndexes, completions));
    if (backoffLimitPerIndex === undefined)
      problems.push(invalid('status.failedIndexes', failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  }
  if (completions !== undefined && changed('failedIndexes', 'completedIndexes')) {
    const shared = overlap(completedIndexes, failedIndexes, completions);
    if (shared !== undefined)
      problems.push(invalid('status.failedIndexes', failedIndexes, `failedIndexes and completedIndexes overlap at index: ${shared}`));
  }
  return problems;
}

function validateIndexes(name: 'completedIndexes' | 'failedIndexes', text: string, completions: number): FieldError[] {
  try {
    parseIndexIntervals(text, completions);
    return [];
  } catch (error) {
    if (!(error instanceof IndexIntervalsError)) throw error;
    return [invalid(`status.${name}`, text, `error parsing ${name}: ${error.message}`)];
  }
}

function transitionProblems(write: StatusWrite): FieldError[] {
  const { job, status, before, is, was, isIndexed } = write;
  const problems: FieldError[] = [];
  for (const type of ['Failed', 'Complete', 'FailureTarget'] as const)
    if (was(type) && !is(type)) problems.push(conditions(`cannot disable the terminal ${type}=True condition`));
  if ((status.failed ?? 0) < (before.failed ?? 0))
    problems.push(invalid('status.failed', status.failed ?? 0, 'cannot decrease the failed counter'));
  const mayShrink = isIndexed() && job.spec.completions === job.spec.parallelism;
  if (!mayShrink && (status.succeeded ?? 0) < (before.succeeded ?? 0))
    problems.push(invalid('status.succeeded', status.succeeded ?? 0, 'cannot decrease the succeeded counter'));
  if (status.completionTime && before.completionTime && status.completionTime !== before.completionTime)
    problems.push(invalid('status.completionTime', status.completionTime, 'field is immutable'));
  // A job that is resumed begins anew.
  const isResumed = isTrue(before.conditions, 'Suspended') && !isTrue(status.conditions, 'Suspended');
  if (before.startTime && before.startTime !== status.startTime && !job.spec.suspend && !isResumed)
    problems.push(required('status.startTime', 'startTime cannot be removed for unsuspended job'));
  if (was('SuccessCriteriaMet') && !is('SuccessCriteriaMet'))
    problems.push(conditions('cannot disable the SuccessCriteriaMet=True condition'));
  if (was('Complete') && !was('SuccessCriteriaMet') && is('SuccessCriteriaMet'))
    problems.push(conditions('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'));
  return problems;
}

function validateUncounted(pods: UncountedTerminatedPods | undefined): FieldError[] {
  const seen = new Set<string>();
  const check = (uids: readonly string[], path: string) =>
    uids.flatMap((uid, index) => {
      const at = `${path}[${index}]`;
      if (uid === '') return [invalid(at, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicate(at, uid)];
      seen.add(uid);
      return [];
    });
  return [
    ...check(pods?.succeeded ?? [], 'status.uncountedTerminatedPods.succeeded'),
    ...check(pods?.failed ?? [], 'status.uncountedTerminatedPods.failed'),
  ];
}
