import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { CronJob } from './cronjob.ts';

const cron = (spec: Manifest = {}, name = 'nightly'): Manifest => ({
  metadata: { name, creationTimestamp: '2026-01-02T03:04:00Z' },
  spec: {
    schedule: '0 3 * * *',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'work', image: 'busybox:1' }] } } } },
    ...spec,
  },
});

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['nothing wrong', cron({ timeZone: 'Europe/Berlin' }), []],
  ['no schedule', cron({ schedule: '' }), ['spec.schedule: Required value']],
  ['half a schedule', cron({ schedule: '0 3 *' }), ['spec.schedule: Invalid value: "0 3 *": expected exactly 5 fields, found 3: [0 3 *]']],
  [
    'a time zone in its schedule',
    cron({ schedule: 'TZ=UTC 0 3 * * *' }),
    ['spec.schedule: Invalid value: "TZ=UTC 0 3 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
  ],
  [
    'a time zone of nowhere',
    cron({ timeZone: 'Mars/Olympus' }),
    ['spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus'],
  ],
  ['an empty time zone', cron({ timeZone: '' }), ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string']],
  [
    'the local time zone',
    cron({ timeZone: 'Local' }),
    ['spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'],
  ],
  [
    'unknown concurrency',
    cron({ concurrencyPolicy: 'Maybe' }),
    ['spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"'],
  ],
  ['a long name', cron({}, 'x'.repeat(53)), [`metadata.name: Invalid value: "${'x'.repeat(53)}": must be no more than 52 bytes`]],
];
for (const [what, manifest, problems] of cases)
  test(`a CronJob with ${what}`, () => assert.deepEqual(createProblems(CronJob, manifest), problems));

test('a time zone in the schedule is suffered where it stood before', () => {
  const old = cron({ schedule: 'TZ=UTC 0 3 * * *' });
  assert.deepEqual(
    updateProblems(CronJob, old, ({ spec }) => (spec.schedule = 'TZ=UTC 0 4 * * *')),
    [],
  );
  assert.deepEqual(
    updateProblems(CronJob, old, ({ spec }) => (spec.timeZone = 'UTC')),
    ['spec.schedule: Invalid value: "TZ=UTC 0 3 * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule'],
  );
});

test('kubectl get cronjobs', () => {
  const object = { ...created(CronJob, cron()), status: { lastScheduleTime: '2026-01-02T03:00:05Z' } };
  const { Schedule, Timezone, Suspend, Active, 'Last Schedule': last } = row(CronJob, object);
  assert.deepEqual([Schedule, Timezone, Suspend, Active, last], ['0 3 * * *', '<none>', 'False', 0, '4m']);
});
