import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProblems, created, row, statusProblems, updateProblems, type Manifest } from '../trial.ts';
import { Deployment } from './deployment.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.29' }] } };
const web = (spec: Manifest = {}): Manifest => ({
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template, ...spec },
});

test('a Deployment gets its defaults', () => {
  const { spec, status } = created(Deployment, web());
  assert.equal(spec.replicas, 1);
  assert.deepEqual(spec.strategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } });
  assert.equal(spec.revisionHistoryLimit, 10);
  assert.equal(spec.progressDeadlineSeconds, 600);
  assert.equal(spec.template.spec?.restartPolicy, 'Always');
  assert.deepEqual(status, {});
  assert.deepEqual(created(Deployment, web({ strategy: { type: 'Recreate' } })).spec.strategy, { type: 'Recreate' });
});

const rolling = (rollingUpdate: Manifest) => web({ strategy: { type: 'RollingUpdate', rollingUpdate } });
const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['a good one', web(), []],
  [
    'neither surge nor unavailability',
    rolling({ maxSurge: 0, maxUnavailable: 0 }),
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
  ],
  [
    'neither, in percent',
    rolling({ maxSurge: '0%', maxUnavailable: '0%' }),
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
  ],
  [
    'more than all unavailable',
    rolling({ maxUnavailable: '101%' }),
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%'],
  ],
  [
    'rolling values of Recreate',
    web({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
    ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
  ],
  [
    'an unknown strategy',
    web({ strategy: { type: 'Blue' } }),
    ['spec.strategy: Unsupported value: {"Type":"Blue","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"'],
  ],
  [
    'a selector of other pods',
    web({ selector: { matchLabels: { app: 'api' } } }),
    ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
  ],
  ['an empty selector', web({ selector: {} }), ['spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
  [
    'a deadline within the time to be ready',
    web({ minReadySeconds: 600 }),
    ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
  ],
  [
    'counts below zero',
    web({ replicas: -1, minReadySeconds: -2, revisionHistoryLimit: -3 }),
    [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
      'spec.revisionHistoryLimit: Invalid value: -3: must be greater than or equal to 0',
    ],
  ],
  [
    'pods that end',
    web({ template: { ...template, spec: { ...template.spec, restartPolicy: 'Never', activeDeadlineSeconds: 5 } } }),
    [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
  ],
];
for (const [what, manifest, problems] of cases)
  test(`a Deployment with ${what}`, () => assert.deepEqual(createProblems(Deployment, manifest), problems));

test('an empty Deployment is told what it lacks', () => {
  const problems = createProblems(Deployment, { metadata: { name: 'web' } });
  assert.ok(problems.includes('spec.selector: Required value'), problems.join('\n'));
  assert.ok(problems.includes('spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'));
  assert.ok(problems.includes('spec.template.spec.containers: Required value'));
});

test('the selector never changes', () => {
  const problems = updateProblems(Deployment, web(), ({ spec }) => {
    spec.selector = { matchLabels: { app: 'web', tier: 'x' } };
    spec.template.metadata = { labels: { app: 'web', tier: 'x' } };
  });
  assert.deepEqual(problems, ['spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"x"}}: field is immutable']);
});

test('the counts of a status must agree', () => {
  assert.deepEqual(
    statusProblems(Deployment, web(), { replicas: 1, readyReplicas: 2, availableReplicas: 3, collisionCount: 1 }, { collisionCount: 2 }),
    [
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
      'status.collisionCount: Invalid value: 1: cannot be decremented',
    ],
  );
});

test('kubectl get deployments -o wide', () => {
  const object = created(Deployment, { ...web({ replicas: 3 }), metadata: { name: 'web', creationTimestamp: '2026-01-02T03:00:00Z' } });
  const status = { replicas: 3, updatedReplicas: 2, readyReplicas: 1, availableReplicas: 1 };
  assert.deepEqual(row(Deployment, { ...object, status }), {
    Name: 'web',
    Ready: '1/3',
    'Up-to-date': 2,
    Available: 1,
    Age: '4m5s',
    Containers: 'nginx',
    Images: 'nginx:1.29',
    Selector: 'app=web',
  });
});

test('names that make no host name are warned about', () => {
  const object = created(Deployment, { ...web(), metadata: { name: 'web.v1' } });
  assert.deepEqual(Deployment.strategy.warnings?.(object), [
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
  ]);
});
