import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, statusProblems, updateProblems, type Manifest } from '../trial.ts';
import { Node } from './node.ts';

const node = (spec: Manifest = {}, status: Manifest = {}): Manifest => ({ metadata: { name: 'worker' }, spec, status });

test('what is allocatable defaults to the capacity, and the range to the first of the ranges', () => {
  const made = created(Node, node({ podCIDRs: ['10.0.1.0/24'] }, { capacity: { cpu: '4' } }));
  assert.deepEqual(made.status.allocatable, { cpu: '4' });
  assert.equal(made.spec.podCIDR, '10.0.1.0/24');
  assert.deepEqual(created(Node, node({ podCIDR: '10.0.2.0/24' })).spec.podCIDRs, ['10.0.2.0/24']);
});

const taint = (key: string, effect: string, value = '') => ({ key, effect, value });
const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['two taints with one key and two effects', node({ taints: [taint('a', 'NoSchedule'), taint('a', 'NoExecute')] }), []],
  [
    'a taint twice',
    node({ taints: [taint('a', 'NoSchedule', 'x'), taint('a', 'NoSchedule', 'y')] }),
    ['metadata.taints[1]: Duplicate value: {"key":"a","effect":"NoSchedule","value":"y"}: taints must be unique by key and effect pair'],
  ],
  [
    'an unknown effect and none',
    node({ taints: [taint('a', 'Never'), taint('b', '')] }),
    [
      'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      'metadata.taints[1].effect: Required value',
    ],
  ],
  ['ranges of both families', node({ podCIDRs: ['10.0.0.0/24', 'fd00::/64'] }), []],
  [
    'ranges of one family',
    node({ podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] }),
    ['spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.1.0/24"]: may specify no more than one CIDR for each IP family'],
  ],
  [
    'a negative capacity, and half a pod',
    node({}, { capacity: { cpu: '-1' }, allocatable: { pods: '500m' } }),
    [
      'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
      'status.allocatable.pods: Invalid value: "500m": must be an integer',
    ],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`a Node with ${what}`, () => assert.deepEqual(createProblems(Node, manifest), problems));
}

test('ranges and the provider’s id are set once', () => {
  const once = (spec: Manifest, change: Manifest) => updateProblems(Node, node(spec), (next) => Object.assign(next.spec, change));
  assert.deepEqual(once({}, { podCIDRs: ['10.0.0.0/24'], providerID: 'kind://a' }), []);
  assert.deepEqual(once({ podCIDRs: ['10.0.0.0/24'], providerID: 'kind://a' }, { podCIDR: '10.9.0.0/24', providerID: 'kind://b' }), [
    'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
  ]);
});

test('an address is reported once', () => {
  const address = { type: 'InternalIP', address: '10.1.1.1' };
  assert.deepEqual(statusProblems(Node, node(), { addresses: [address, { ...address, type: 'ExternalIP' }] }), []);
  assert.deepEqual(statusProblems(Node, node(), { addresses: [address, address] }), [
    'status.addresses[1]: Duplicate value: {"type":"InternalIP","address":"10.1.1.1"}',
  ]);
});

test('a Node’s row', () => {
  const labels = { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/edge': '', 'kubernetes.io/role': 'edge' };
  const ready = created(Node, {
    metadata: { name: 'worker', labels, creationTimestamp: '2026-01-02T03:00:05Z' },
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '172.18.0.3' }],
      nodeInfo: { kubeletVersion: 'v1.36.0', osImage: 'Slipway' },
    },
  });
  assert.deepEqual(row(Node, ready), {
    Name: 'worker',
    Status: 'Ready,SchedulingDisabled',
    Roles: 'edge,worker',
    Age: '4m',
    Version: 'v1.36.0',
    'Internal-IP': '172.18.0.3',
    'External-IP': '<none>',
    'OS-Image': 'Slipway',
    'Kernel-Version': '<unknown>',
    'Container-Runtime': '<unknown>',
  });
  const blank = row(Node, created(Node, node()));
  assert.deepEqual([blank['Status'], blank['Roles']], ['Unknown', '<none>']);
  assert.equal(Node.selectableFields['spec.unschedulable']!(ready), 'true');
});
