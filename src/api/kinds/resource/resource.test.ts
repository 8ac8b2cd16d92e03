import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../draft.ts';
import type { KubeObject } from '../../meta.ts';
import { created, createProblems, row, statusProblems, updateProblems, type Manifest } from '../trial.ts';
import { DeviceTaintRuleV1Beta2 } from './devicetaintrule.ts';
import { ResourceClaim, ResourceClaimV1Beta1 } from './resourceclaim.ts';
import { ResourceSlice, ResourceSliceV1Beta1 } from './resourceslice.ts';

const claim = (devices: Manifest): Manifest => ({ metadata: { name: 'gpu' }, spec: { devices } });
const exactly = (more: Manifest = {}) => ({ deviceClassName: 'gpu.example.com', ...more });

test('a request wants one device unless it says otherwise', () => {
  const { spec } = created(ResourceClaim, claim({ requests: [{ name: 'one', exactly: exactly({ tolerations: [{ key: 'a' }] }) }] }));
  const request = spec.devices?.requests?.[0]?.exactly;
  assert.deepEqual([request?.allocationMode, request?.count, request?.tolerations?.[0]?.operator], ['ExactCount', 1, 'Equal']);
});

const cases: readonly (readonly [what: string, devices: Manifest, problems: readonly string[]])[] = [
  [
    'nothing wrong',
    { requests: [{ name: 'one', exactly: exactly() }], constraints: [{ requests: ['one'], matchAttribute: 'example.com/numa' }] },
    [],
  ],
  [
    'an empty request',
    { requests: [{ name: 'one' }] },
    ['requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required'],
  ],
  [
    'one name twice',
    {
      requests: [
        { name: 'a', exactly: exactly() },
        { name: 'a', exactly: exactly() },
      ],
    },
    ['requests[1]: Duplicate value: "a"'],
  ],
  [
    'all, but three',
    { requests: [{ name: 'a', exactly: exactly({ allocationMode: 'All', count: 3 }) }] },
    ["requests[0].exactly.count: Invalid value: 3: must not be specified when allocationMode is 'All'"],
  ],
  [
    'a constraint on nothing',
    { constraints: [{ requests: ['b'], matchAttribute: 'example.com/numa' }] },
    [
      'constraints[0].requests[0]: Invalid value: "b": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
    ],
  ],
];
for (const [what, devices, problems] of cases)
  test(`a ResourceClaim with ${what}`, () =>
    assert.deepEqual(
      createProblems(ResourceClaim, claim(devices)),
      problems.map((problem) => `spec.devices.${problem}`),
    ));

test('the spec of a claim never changes', () => {
  const [problem] = updateProblems(ResourceClaim, claim({ requests: [{ name: 'one', exactly: exactly() }] }), ({ spec }) => {
    spec.devices!.requests![0]!.exactly!.count = 2;
  });
  assert.match(problem!, /^spec: Invalid value: .*: field is immutable$/);
});

test('an allocation is taken back, never changed', () => {
  const devices = { requests: [{ name: 'one', exactly: exactly() }] };
  const user = { resource: 'pods', name: 'p', uid: 'u' };
  assert.deepEqual(statusProblems(ResourceClaim, claim(devices), { reservedFor: [user] }), [
    'status.reservedFor: Forbidden: may not be specified when `allocated` is not set',
  ]);
  assert.deepEqual(statusProblems(ResourceClaim, claim(devices), { allocation: { devices: {} }, reservedFor: [user] }), []);
  const [problem] = statusProblems(ResourceClaim, claim(devices), { allocation: { a: 1 } }, { allocation: { a: 2 } });
  assert.equal(problem, 'status.allocation: Invalid value: {"a":1}: field is immutable');
});

test('v1beta1 has the fields of an exact request in the request', () => {
  const stored = created(ResourceClaim, {
    ...claim({ requests: [{ name: 'one', exactly: exactly() }] }),
    apiVersion: 'resource.k8s.io/v1',
  });
  const { toStored, fromStored } = ResourceClaimV1Beta1.storage!;
  const old = fromStored(structuredClone(stored) as Draft<KubeObject>);
  assert.deepEqual(Reflect.get(old, 'spec'), {
    devices: { requests: [{ name: 'one', deviceClassName: 'gpu.example.com', allocationMode: 'ExactCount', count: 1 }] },
  });
  assert.deepEqual(toStored(old), stored);
  const wrong = claim({ requests: [{ name: 'one', deviceClassName: 'gpu.example.com', allocationMode: 'Some' }] });
  assert.deepEqual(createProblems(ResourceClaimV1Beta1, wrong), [
    'spec.devices.requests[0].allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"',
  ]);
});

const slice = (spec: Manifest): Manifest => ({
  metadata: { name: 'node-1-gpu' },
  spec: { driver: 'gpu.example.com', nodeName: 'node-1', pool: { name: 'node-1', generation: 1, resourceSliceCount: 1 }, ...spec },
});

test('a slice says in one way where its devices are', () => {
  assert.deepEqual(createProblems(ResourceSlice, slice({})), []);
  assert.deepEqual(createProblems(ResourceSlice, slice({ allNodes: true })), [
    'spec: Invalid value: "{nodeName, allNodes}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
  ]);
});

test('devices of v1beta1 have their attributes under basic', () => {
  const device = { name: 'gpu-0', attributes: { model: { string: 'a' } } };
  const stored = created(ResourceSlice, { ...slice({ devices: [device] }), apiVersion: 'resource.k8s.io/v1' });
  const { toStored, fromStored } = ResourceSliceV1Beta1.storage!;
  const old = fromStored(structuredClone(stored) as Draft<KubeObject>);
  const spec = Reflect.get(old, 'spec') as { readonly devices: unknown };
  assert.deepEqual(spec.devices, [{ name: 'gpu-0', basic: { attributes: { model: { string: 'a' } } } }]);
  assert.deepEqual(toStored(old), stored);
});

test('a taint without a time begins when it is written', () => {
  const rule = created(DeviceTaintRuleV1Beta2, { metadata: { name: 't' }, spec: { taint: { key: 'a', effect: 'NoSchedule' } } });
  assert.equal(rule.spec.taint.timeAdded, '2026-01-02T03:04:05Z');
  assert.equal(row(DeviceTaintRuleV1Beta2, rule)['TimeAdded'], '0s');
});
