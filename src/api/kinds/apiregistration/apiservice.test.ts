import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, type Manifest } from '../trial.ts';
import { APIService } from './apiservice.ts';

const service = (spec: Manifest = {}, name = 'v1.metrics.example.com'): Manifest => ({
  metadata: { name },
  spec: {
    group: 'metrics.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { name: 'metrics', namespace: 'monitoring' },
    ...spec,
  },
});

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['nothing wrong', service(), []],
  [
    'a name of its own',
    service({}, 'metrics'),
    ['metadata.name: Invalid value: "metrics": must be `spec.version+"."+spec.group`: "v1.metrics.example.com"'],
  ],
  [
    'no priorities',
    service({ groupPriorityMinimum: 0, versionPriority: 1001 }),
    [
      'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000',
    ],
  ],
  ['a service without a namespace', service({ service: { name: 'metrics' } }), ['spec.service.namespace: Required value']],
  [
    'a bundle that is not looked at',
    service({ caBundle: 'YQ==', insecureSkipTLSVerify: true }),
    ['spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present'],
  ],
  [
    'trust in itself',
    service({ service: undefined, insecureSkipTLSVerify: true }),
    ['spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify'],
  ],
];
for (const [what, manifest, problems] of cases)
  test(`an APIService with ${what}`, () => assert.deepEqual(createProblems(APIService, manifest), problems));

test('kubectl get apiservices', () => {
  const remote = created(APIService, service());
  assert.deepEqual([row(APIService, remote)['Service'], row(APIService, remote)['Available']], ['monitoring/metrics', 'Unknown']);
  const conditions = [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }];
  assert.equal(row(APIService, { ...remote, status: { conditions } })['Available'], 'False (MissingEndpoints)');
  const local = created(APIService, service({ service: undefined }));
  assert.deepEqual([row(APIService, local)['Service'], row(APIService, local)['Available']], ['Local', 'True']);
});
