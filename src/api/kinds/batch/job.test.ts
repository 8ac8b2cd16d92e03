import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, statusProblems, updated, updateProblems, type Manifest } from '../trial.ts';
import { Job } from './job.ts';

const podSpec = { containers: [{ name: 'work', image: 'busybox:1' }], restartPolicy: 'Never' };
const job = (spec: Manifest = {}, pod: Manifest = {}): Manifest => ({
  metadata: { name: 'pi', uid: 'u-1', creationTimestamp: '2026-01-02T03:00:00Z' },
  spec: { template: { spec: { ...podSpec, ...pod } }, ...spec },
});
const indexed = (spec: Manifest = {}) => job({ completionMode: 'Indexed', completions: 5, parallelism: 5, ...spec });

test('a Job gets its defaults and a selector of its own', () => {
  const { spec, status } = created(Job, job());
  const { completions, parallelism, backoffLimit, completionMode, suspend, podReplacementPolicy, manualSelector } = spec;
  assert.deepEqual(
    { completions, parallelism, backoffLimit, completionMode, suspend, podReplacementPolicy, manualSelector },
    {
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
    },
  );
  assert.deepEqual(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } });
  assert.deepEqual(spec.template.metadata?.labels, {
    'controller-uid': 'u-1',
    'job-name': 'pi',
    'batch.kubernetes.io/controller-uid': 'u-1',
    'batch.kubernetes.io/job-name': 'pi',
  });
  assert.deepEqual(status, {});
  assert.equal(created(Job, indexed({ backoffLimitPerIndex: 1 })).spec.backoffLimit, 2147483647);
});

const rule = (more: Manifest) => ({ podFailurePolicy: { rules: [{ action: 'FailJob', ...more }] } });
const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['nothing wrong', job(), []],
  [
    'pods that never end',
    job({}, { restartPolicy: 'Always' }),
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'a selector of somebody else’s',
    job({ selector: { matchLabels: { app: 'x' } } }),
    [
      'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"u-1","batch.kubernetes.io/job-name":"pi","controller-uid":"u-1","job-name":"pi"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"u-1","app":"x"}}: `selector` not auto-generated',
    ],
  ],
  [
    'indexes but no number of them',
    job({ completionMode: 'Indexed', parallelism: 2 }),
    ['spec.completions: Required value: when completion mode is Indexed'],
  ],
  [
    'retries by index without indexes',
    job({ backoffLimitPerIndex: 1 }),
    ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  ],
  [
    'a bound of failed indexes alone',
    indexed({ maxFailedIndexes: 6 }),
    [
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions',
    ],
  ],
  [
    'a strange manager',
    job({ managedBy: 'me' }),
    ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
  ],
  [
    'success without indexes',
    job({ successPolicy: { rules: [{ succeededCount: 1 }] } }),
    ['spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode'],
  ],
  [
    'more successes than it names',
    indexed({ successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 3 }] } }),
    [
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
    ],
  ],
  [
    'indexes in disorder',
    indexed({ successPolicy: { rules: [{ succeededIndexes: '3,1' }] } }),
    [
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "3,1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1',
    ],
  ],
  [
    'a failure rule about nothing',
    job(rule({})),
    ['spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required'],
  ],
  [
    'exit codes in disorder',
    job(rule({ onExitCodes: { operator: 'In', containerName: 'other', values: [3, 0, 3] } })),
    [
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 3',
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [3,0,3]: must be ordered',
    ],
  ],
  [
    'a failing index that is never tried again',
    job({ podFailurePolicy: { rules: [{ action: 'FailIndex', onPodConditions: [{ type: 'DisruptionTarget' }] }] } }),
    ['spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set'],
  ],
];
for (const [what, manifest, problems] of cases) test(`a Job with ${what}`, () => assert.deepEqual(createProblems(Job, manifest), problems));

test('the host names of an Indexed Job must be possible', () => {
  const name = 'x'.repeat(62);
  const [problem] = createProblems(Job, { ...indexed(), metadata: { name, uid: 'u' } });
  assert.equal(problem, `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-4`);
});

test('an Indexed Job is scaled by both its numbers, another by none', () => {
  assert.deepEqual(
    updateProblems(Job, indexed(), ({ spec }) => {
      spec.completions = 7;
      spec.parallelism = 7;
    }),
    [],
  );
  assert.deepEqual(
    updateProblems(Job, indexed(), ({ spec }) => (spec.completions = 7)),
    ['spec.completions: Invalid value: 7: can only be modified in tandem with spec.parallelism'],
  );
  assert.deepEqual(
    updateProblems(Job, job(), ({ spec }) => (spec.completions = 7)),
    ['spec.completions: Invalid value: 7: field is immutable'],
  );
});

test('a suspended Job that has not started may be moved, a running one may not', () => {
  const move = ({ spec }: { spec: { template: { spec?: { nodeSelector?: Record<string, string> } } } }) => {
    spec.template.spec!.nodeSelector = { zone: 'a' };
  };
  assert.deepEqual(updateProblems(Job, job({ suspend: true }), move), []);
  assert.match(updateProblems(Job, job(), move).join(), /^spec\.template: Invalid value: .*: field is immutable$/);
});

const at = (minute: number) => `2026-01-02T03:0${minute}:00Z`;
const is = (...types: string[]) => types.map((type) => ({ type, status: 'True' }));
const statusCases: readonly (readonly [what: string, status: Manifest, before: Manifest, problems: readonly string[]])[] = [
  [
    'complete, and all that goes with it',
    { conditions: is('SuccessCriteriaMet', 'Complete'), startTime: at(0), completionTime: at(1), succeeded: 1 },
    { startTime: at(0) },
    [],
  ],
  [
    'complete out of nothing',
    { conditions: is('Complete'), active: 1 },
    {},
    [
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
      'status.startTime: Required value: startTime is required for finished job',
    ],
  ],
  [
    'failed no longer',
    { startTime: at(0), failed: 1 },
    { startTime: at(0), failed: 2, conditions: is('FailureTarget', 'Failed') },
    [
      'status.conditions: Invalid value: cannot disable the terminal Failed=True condition',
      'status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition',
      'status.failed: Invalid value: 1: cannot decrease the failed counter',
    ],
  ],
  ['more ready than active', { ready: 2, active: 1 }, {}, ['status.ready: Invalid value: 2: cannot set more ready pods than active']],
  ['a broken rule that was broken before', { ready: 2, active: 1, failed: 1 }, { ready: 2, active: 1 }, []],
  [
    'indexes without indexing',
    { completedIndexes: '0' },
    {},
    ['status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode'],
  ],
];
for (const [what, status, before, problems] of statusCases)
  test(`a Job's status becomes: ${what}`, () => assert.deepEqual(statusProblems(Job, job(), status, before), problems));

test('failed and completed indexes must not overlap', () => {
  assert.deepEqual(statusProblems(Job, indexed({ backoffLimitPerIndex: 1 }), { completedIndexes: '0,2-4', failedIndexes: '1,3' }), [
    'status.failedIndexes: Invalid value: "1,3": failedIndexes and completedIndexes overlap at index: 3',
  ]);
});

test('kubectl get jobs', () => {
  const object = updated(Job, created(Job, job()), (draft) => {
    draft.status = { startTime: at(0), succeeded: 1, completionTime: at(1), conditions: is('Complete') };
  });
  const { Status, Completions, Duration } = row(Job, object);
  assert.deepEqual({ Status, Completions, Duration }, { Status: 'Complete', Completions: '1/1', Duration: '60s' });
  const queue = created(Job, job({ parallelism: 3 }));
  assert.deepEqual(row(Job, queue)['Completions'], '0/1 of 3');
  assert.equal(row(Job, queue)['Status'], 'Running');
});
