import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, type Manifest } from '../trial.ts';
import { LimitRange } from './limitrange.ts';

const range = (...limits: Manifest[]): Manifest => ({ metadata: { name: 'bounds' }, spec: { limits } });

test('a container’s limit defaults to the maximum, its request to the limit, else to the minimum', () => {
  const [limit] = created(
    LimitRange,
    range({ type: 'Container', max: { cpu: '2' }, min: { cpu: '1', memory: '1Mi' }, default: { memory: '4Mi' } }),
  ).spec.limits;
  assert.deepEqual(limit?.default, { cpu: '2', memory: '4Mi' });
  assert.deepEqual(limit?.defaultRequest, { cpu: '2', memory: '4Mi' });
  const [bare] = created(LimitRange, range({ type: 'Container', min: { cpu: '1' } })).spec.limits;
  assert.deepEqual([bare?.default, bare?.defaultRequest], [{}, { cpu: '1' }]);
  assert.equal(created(LimitRange, range({ type: 'Pod', max: { cpu: '2' } })).spec.limits[0]?.default, undefined);
});

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['a good one', range({ type: 'Pod', max: { cpu: '2' }, min: { cpu: '1' }, maxLimitRequestRatio: { cpu: '2' } }), []],
  [
    'a type twice, and an unknown one',
    range({ type: 'Pod' }, { type: 'Pod' }, { type: 'Herd' }),
    [
      'spec.limits[1].type: Duplicate value: "Pod"',
      'spec.limits[2].type: Invalid value: "Herd": must be a standard limit type or fully qualified',
    ],
  ],
  [
    'defaults for pods',
    range({ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }),
    [
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
      "spec.limits[0].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'",
    ],
  ],
  [
    'a claim without bounds',
    range({ type: 'PersistentVolumeClaim' }),
    ['spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided'],
  ],
  [
    'bounds the wrong way round',
    range({ type: 'Container', min: { cpu: '3' }, max: { cpu: '2' }, default: { cpu: '1' }, defaultRequest: { cpu: '4' } }),
    [
      'spec.limits[0].min[cpu]: Invalid value: "3": min value 3 is greater than max value 2',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than max value 2',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than default limit value 1',
      'spec.limits[0].default[cpu]: Invalid value: "3": min value 3 is greater than default value 1',
    ],
  ],
  [
    'ratios',
    range({ type: 'Pod', min: { cpu: '100m' }, max: { cpu: '1' }, maxLimitRequestRatio: { cpu: '11', memory: '500m' } }),
    [
      'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "11": ratio 11 is greater than max/min = 10.000000',
      'spec.limits[0].maxLimitRequestRatio[memory]: Invalid value: "500m": ratio 500m is less than 1',
    ],
  ],
  [
    'what cannot be overcommitted',
    range({ type: 'Container', default: { 'hugepages-2Mi': '4Mi' }, defaultRequest: { 'hugepages-2Mi': '2Mi' } }),
    [
      'spec.limits[0].defaultRequest[hugepages-2Mi]: Invalid value: "2Mi": default value 4Mi must equal to defaultRequest value 2Mi in hugepages-2Mi',
    ],
  ],
  [
    'something that no container has',
    range({ type: 'Container', max: { pods: '1' } }),
    [
      'spec.limits[0].max[pods]: Invalid value: "pods": must be a standard resource for containers',
      'spec.limits[0].default[pods]: Invalid value: "pods": must be a standard resource for containers',
      'spec.limits[0].defaultRequest[pods]: Invalid value: "pods": must be a standard resource for containers',
    ],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`LimitRange rules: ${what}`, () => assert.deepEqual(createProblems(LimitRange, manifest), problems));
}
