import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, statusProblems, updateProblems, type Manifest } from '../trial.ts';
import { ResourceQuota } from './resourcequota.ts';

const quota = (spec: Manifest): Manifest => ({ metadata: { name: 'team' }, spec });
const selecting = (...matchExpressions: Manifest[]): Manifest => quota({ hard: { pods: '1' }, scopeSelector: { matchExpressions } });

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  [
    'all kinds of things',
    quota({
      hard: { pods: '3', 'requests.cpu': '1500m', 'count/deployments.apps': '2', 'requests.example.com/gpu': '1', 'hugepages-2Mi': '4Mi' },
    }),
    [],
  ],
  [
    'nonsense',
    quota({ hard: { pods: '500m', cows: '1', storage: '1Gi', memory: '-1' } }),
    [
      'spec.hard[pods]: Invalid value: "500m": must be an integer',
      'spec.hard[cows]: Invalid value: "cows": must be a standard resource type or fully qualified',
      'spec.hard[cows]: Invalid value: "cows": must be a standard resource for quota',
      'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota',
      'spec.hard[memory]: Invalid value: "-1": must be greater than or equal to 0',
    ],
  ],
  ['scopes that narrow', quota({ hard: { pods: '1', 'limits.cpu': '1' }, scopes: ['NotBestEffort', 'Terminating'] }), []],
  [
    'scopes that cannot narrow, or exclude each other',
    quota({ hard: { 'requests.cpu': '1' }, scopes: ['BestEffort', 'NotBestEffort'] }),
    [
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    ],
  ],
  ['an unknown scope', quota({ hard: {}, scopes: ['Big'] }), ['spec.scopes: Invalid value: ["Big"]: unsupported scope']],
  ['a priority class', selecting({ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }), []],
  [
    'operators that do not fit',
    selecting(
      { scopeName: 'Terminating', operator: 'In', values: [] },
      { scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] },
      { scopeName: 'PriorityClass', operator: 'Near' },
    ),
    [
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "In": must be \'Exists\' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity',
      "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      "spec.scopeSelector.matchExpressions.values: Invalid value: [\"a\"]: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
      'spec.scopeSelector.matchExpressions.operator: Invalid value: "Near": not a valid selector operator',
    ],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`ResourceQuota rules: ${what}`, () => assert.deepEqual(createProblems(ResourceQuota, manifest), problems));
}

test('scopes are for good, amounts are not', () => {
  const scoped = quota({ hard: { pods: '1' }, scopes: ['Terminating', 'BestEffort'] });
  assert.deepEqual(
    updateProblems(ResourceQuota, scoped, (next) =>
      Object.assign(next.spec, { hard: { pods: '2' }, scopes: ['BestEffort', 'Terminating'] }),
    ),
    [],
  );
  assert.deepEqual(
    updateProblems(ResourceQuota, scoped, (next) => delete next.spec.scopes),
    ['spec.scopes: Invalid value: []: field is immutable'],
  );
  assert.deepEqual(statusProblems(ResourceQuota, scoped, { used: { cows: '1' } }).length, 2);
});

test('a quota’s row: what is used of what', () => {
  const status = { hard: { 'limits.cpu': '2', pods: '10', 'requests.cpu': '1' }, used: { 'limits.cpu': '500m', pods: '3' } };
  const { Request: request, Limit: limit } = row(ResourceQuota, { ...created(ResourceQuota, quota({})), status });
  assert.deepEqual([request, limit], ['pods: 3/10, requests.cpu: 0/1', 'limits.cpu: 500m/2']);
});
