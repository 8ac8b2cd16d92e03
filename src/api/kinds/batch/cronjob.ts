import { CronError, parseCron } from '../../../codec/cron.ts';
import { isTimeZone } from '../../../codec/time-zone.ts';
import type { Draft } from '../../draft.ts';
import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { CronJob as CronJobType, CronJobSpec, JobSpec } from '../../generated/batch/v1.ts';
import { ageColumn, ageOf, defineKind, nameColumn, type Column } from '../../kind.ts';
import { formatLabelSelector } from '../../label-selector.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { defaultPodTemplate, podNameWarnings } from '../apps/pod-template-rules.ts';
import { containerColumns } from '../columns.ts';
import { podTemplateWarnings } from '../core/pod-template.ts';
import { validateJobTemplateSpec } from './job-spec.ts';
import { defaultPodFailurePolicy } from './job.ts';

/** A label's 63, less the `-` and ten digits that the controller puts behind it. */
const maxNameBytes = 52;

const columns: readonly Column<CronJobType>[] = [
  nameColumn,
  { name: 'Schedule', type: 'string', cell: ({ spec }) => spec.schedule },
  { name: 'Timezone', type: 'string', cell: ({ spec }) => spec.timeZone ?? '<none>' },
  { name: 'Suspend', type: 'boolean', cell: ({ spec }) => (spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False') },
  { name: 'Active', type: 'integer', cell: ({ status }) => status?.active?.length ?? 0 },
  {
    name: 'Last Schedule',
    type: 'string',
    cell: ({ status }, nowMs) => (status?.lastScheduleTime ? ageOf(status.lastScheduleTime, nowMs) : '<none>'),
  },
  ageColumn,
  ...containerColumns<CronJobType>(({ spec }) => spec.jobTemplate.spec?.template.spec?.containers ?? []),
  { name: 'Selector', type: 'string', priority: 1, cell: ({ spec }) => formatLabelSelector(spec.jobTemplate.spec?.selector) },
];

export const CronJob = defineKind<CronJobType>({
  ...generatedKind('batch', 'v1', 'CronJob'),
  shortNames: ['cj'],
  categories: ['all'],
  columns,
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (object) => {
      object.status = {};
    },
    validate: ({ spec }) => validateSpec(spec),
    validateCreate: ({ metadata, spec }) => [
      ...validateScheduleZone(spec, false),
      ...validateTimeZone(spec.timeZone),
      ...validateName(metadata.name ?? ''),
    ],
    validateUpdate: ({ spec }, old) => [
      ...validateScheduleZone(spec, old.spec.schedule.includes('TZ')),
      ...(spec.timeZone === old.spec.timeZone ? [] : validateTimeZone(spec.timeZone)),
    ],
    warnings,
  },
});

function setDefaults(object: Draft<CronJobType>): void {
  const spec = (object.spec ??= {} as Draft<CronJobSpec>);
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  spec.jobTemplate ??= {};
  const jobSpec = (spec.jobTemplate.spec ??= {} as Draft<JobSpec>);
  defaultPodTemplate(jobSpec);
  defaultPodFailurePolicy(jobSpec);
}

function validateSpec(spec: CronJobSpec): FieldError[] {
  return [
    ...validateSchedule(spec.schedule),
    ...validateNonNegative(spec.startingDeadlineSeconds ?? 0, 'spec.startingDeadlineSeconds'),
    ...validateConcurrency(spec.concurrencyPolicy ?? '', 'spec.concurrencyPolicy'),
    ...validateJobTemplateSpec(spec.jobTemplate.spec!, 'spec.jobTemplate.spec'),
    ...validateNonNegative(spec.successfulJobsHistoryLimit ?? 0, 'spec.successfulJobsHistoryLimit'),
    ...validateNonNegative(spec.failedJobsHistoryLimit ?? 0, 'spec.failedJobsHistoryLimit'),
  ];
}

function validateSchedule(schedule: string | undefined): FieldError[] {
  if (!schedule) return [required('spec.schedule')];
  try {
    parseCron(schedule);
    return [];
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    return [invalid('spec.schedule', schedule, error.message)];
  }
}

/** A zone inside the schedule is only suffered where it stood there before. */
function validateScheduleZone({ schedule, timeZone }: CronJobSpec, suffered: boolean): FieldError[] {
  if (!schedule?.includes('TZ')) return [];
  if (!suffered) return [invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')];
  return timeZone === undefined ? [] : [invalid('spec.schedule', schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')];
}

function validateTimeZone(timeZone: string | undefined): FieldError[] {
  const path = 'spec.timeZone';
  if (timeZone === undefined) return [];
  if (timeZone === '') return [invalid(path, timeZone, 'timeZone must be nil or non-empty string')];
  const unknown = invalid(path, timeZone, `unknown time zone ${timeZone}`);
  const proper = timeZone.split('/').every((part) => part !== '.' && part !== '..' && /^(?!-)[A-Za-z.\-_0-9+]{1,14}$/.test(part));
  if (!proper) return [unknown];
  if (timeZone.toLowerCase() === 'local') {
    const explicit = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    return [invalid(path, timeZone, explicit), ...(timeZone === 'Local' ? [] : [unknown])];
  }
  return isTimeZone(timeZone) ? [] : [unknown];
}

function validateConcurrency(policy: string, path: string): FieldError[] {
  const supported = ['Allow', 'Forbid', 'Replace'];
  if (policy === '') return [required(path)];
  return supported.includes(policy) ? [] : [notSupported(path, policy, supported)];
}

const validateName = (name: string): FieldError[] =>
  utf8Length(name) > maxNameBytes ? [invalid('metadata.name', name, `must be no more than ${maxNameBytes} bytes`)] : [];

function warnings(object: CronJobType, old?: CronJobType): string[] {
  const { schedule, jobTemplate } = object.spec;
  const path = 'spec.jobTemplate.spec.template';
  return [
    ...(old ? [] : podNameWarnings(object.metadata.name)),
    ...(old && semanticallyEqual(object.spec, old.spec)
      ? []
      : podTemplateWarnings(jobTemplate.spec!.template, old?.spec.jobTemplate.spec?.template, path)),
    ...(schedule?.includes('TZ')
      ? [
          'CRON_TZ or TZ used in spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
        ]
      : []),
  ];
}
