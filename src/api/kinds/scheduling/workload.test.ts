import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProblems, statusProblems, updateProblems, type Manifest } from '../trial.ts';
import { PodGroupV1Alpha2 } from './podgroup.ts';
import { WorkloadV1Alpha2 } from './workload.ts';

const gang = (minCount: number) => ({ schedulingPolicy: { gang: { minCount } } });
const workload = (...podGroupTemplates: Manifest[]): Manifest => ({ metadata: { name: 'training' }, spec: { podGroupTemplates } });

test('a Workload has one to eight templates, each with one policy', () => {
  assert.deepEqual(
    createProblems(WorkloadV1Alpha2, workload({ name: 'a', ...gang(2) }, { name: 'b', schedulingPolicy: { basic: {} } })),
    [],
  );
  assert.deepEqual(createProblems(WorkloadV1Alpha2, workload()), ['spec.podGroupTemplates: Required value: must have at least one item']);
  const nine = Array.from({ length: 9 }, (_, i) => ({ name: `t${i}`, ...gang(1) }));
  assert.deepEqual(createProblems(WorkloadV1Alpha2, workload(...nine)), ['spec.podGroupTemplates: Too many: 9: must have at most 8 items']);
  assert.deepEqual(createProblems(WorkloadV1Alpha2, workload({ name: '', ...gang(0) }, { name: 'b', schedulingPolicy: {} })), [
    'spec.podGroupTemplates[0].name: Required value',
    'spec.podGroupTemplates[0].schedulingPolicy.gang.minCount: Required value',
    'spec.podGroupTemplates[1].schedulingPolicy: Invalid value: "": must specify one of: `basic`, `gang`',
  ]);
});

test('a Workload’s controller is named once, its templates are for good', () => {
  const named = workload({ name: 'a', ...gang(2) });
  const controllerRef = { apiGroup: 'batch', kind: 'Job', name: 'training' };
  assert.deepEqual(
    updateProblems(WorkloadV1Alpha2, named, (next) => (next.spec.controllerRef = controllerRef)),
    [],
  );
  const changed = updateProblems(WorkloadV1Alpha2, named, (next) => (next.spec.podGroupTemplates[0]!.name = 'b'));
  assert.match(changed.join(), /^spec\.podGroupTemplates: Invalid value: .*: field is immutable$/);
});

test('a PodGroup stays as it was made', () => {
  const group: Manifest = {
    metadata: { name: 'a' },
    spec: { ...gang(2), podGroupTemplateRef: { workload: { workloadName: 'training', podGroupTemplateName: '' } } },
  };
  assert.deepEqual(createProblems(PodGroupV1Alpha2, group), ['spec.podGroupTemplateRef.workload.podGroupTemplateName: Required value']);
  assert.match(
    updateProblems(PodGroupV1Alpha2, { ...group, spec: gang(2) }, (next) => (next.spec.priority = 1)).join(),
    /^spec: .*: field is immutable$/,
  );
  assert.deepEqual(
    statusProblems(PodGroupV1Alpha2, group, { conditions: [{ type: 'Scheduled', status: 'Yes', reason: 'A', lastTransitionTime: 'x' }] }),
    ['status.conditions[0].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"'],
  );
});
