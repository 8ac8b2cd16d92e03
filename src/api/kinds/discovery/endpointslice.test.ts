import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updated, updateProblems, type Manifest } from '../trial.ts';
import { EndpointSlice } from './endpointslice.ts';

const slice = (parts: Manifest = {}): Manifest => ({
  metadata: { name: 'web-1' },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.1'] }],
  ports: [{ port: 80 }],
  ...parts,
});

test('ports are TCP and have a name, if an empty one; the old topology is dropped', () => {
  const made = created(EndpointSlice, slice({ endpoints: [{ addresses: ['10.0.0.1'], deprecatedTopology: { a: 'b' } }] }));
  assert.deepEqual(made.ports, [{ name: '', port: 80, protocol: 'TCP' }]);
  assert.equal('deprecatedTopology' in made.endpoints![0]!, false);
  assert.equal(made.metadata.generation, 1);
});

const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['a good one', slice(), []],
  ['no type', slice({ addressType: '', endpoints: [] }), ['addressType: Required value']],
  [
    'the other family, and nonsense',
    slice({ endpoints: [{ addresses: ['fd00::1'] }, { addresses: ['x'] }, { addresses: [] }] }),
    [
      'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address',
      'endpoints[1].addresses[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'endpoints[2].addresses: Required value: must contain at least 1 address',
    ],
  ],
  ['names', slice({ addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com'] }] }), []],
  [
    'hints twice',
    slice({ endpoints: [{ addresses: ['10.0.0.1'], hints: { forZones: [{ name: 'a' }, { name: 'a' }], forNodes: [{ name: 'N' }] } }] }),
    [
      'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
      "endpoints[0].hints.forNodes[0].name: Invalid value: \"N\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
  [
    'too many endpoints',
    slice({ endpoints: Array.from({ length: 1001 }, () => ({ addresses: ['10.0.0.1'] })) }),
    ['endpoints: Too many: 1001: must have at most 1000 items'],
  ],
  [
    'a port name twice and an odd protocol',
    slice({ ports: [{ port: 80 }, { port: 81, protocol: 'ICMP' }] }),
    ['ports[1].name: Duplicate value: ""', 'ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`EndpointSlice rules: ${what}`, () => assert.deepEqual(createProblems(EndpointSlice, manifest), problems));
}

test('the address type never changes', () => {
  assert.deepEqual(
    updateProblems(EndpointSlice, slice(), (next) => Object.assign(next, { addressType: 'FQDN', endpoints: [] })),
    ['addressType: Invalid value: "FQDN": field is immutable'],
  );
});

test('endpoints, ports and labels count as generations; annotations do not', () => {
  const old = created(EndpointSlice, slice());
  const generation = (change: (next: Manifest) => void) =>
    updated(EndpointSlice, old, (next) => change(next as unknown as Manifest)).metadata.generation;
  assert.equal(
    generation((next) => (next['endpoints'] = [])),
    2,
  );
  assert.equal(
    generation((next) => Object.assign(next['metadata']!, { labels: { a: 'b' } })),
    2,
  );
  assert.equal(
    generation((next) => Object.assign(next['metadata']!, { annotations: { a: 'b' } })),
    1,
  );
});

test('a slice’s row', () => {
  const many = slice({ ports: [{ port: 80 }, { name: 'dns' }, { name: '' }, { port: 1 }], endpoints: [{ addresses: ['10.0.0.1'] }] });
  const { Ports: ports, Endpoints: endpoints } = row(EndpointSlice, created(EndpointSlice, many));
  assert.deepEqual([ports, endpoints], ['80,dns, + 1 more...', '10.0.0.1']);
  assert.equal(row(EndpointSlice, created(EndpointSlice, slice({ endpoints: [] })))['Endpoints'], '<unset>');
});

test('names for addresses are deprecated, and odd addresses warned of unless a controller wrote them', () => {
  const warnings = (parts: Manifest) => EndpointSlice.strategy.warnings!(created(EndpointSlice, slice(parts)));
  assert.deepEqual(warnings({ addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com'] }] }), [
    'spec.addressType: FQDN endpoints are deprecated',
  ]);
  const odd = { addressType: 'IPv6', endpoints: [{ addresses: ['fd00:0::1'] }] };
  assert.deepEqual(warnings(odd), [
    'endpoints[0].addresses[0]: IPv6 address "fd00:0::1" should be in RFC 5952 canonical format ("fd00::1")',
  ]);
  const labels = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
  assert.deepEqual(warnings({ ...odd, metadata: { name: 'web-1', labels } }), []);
});
