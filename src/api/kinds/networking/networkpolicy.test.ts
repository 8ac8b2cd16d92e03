import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, type Manifest } from '../trial.ts';
import { NetworkPolicy } from './networkpolicy.ts';

const policy = (spec: Manifest): Manifest => ({ metadata: { name: 'deny' }, spec: { podSelector: {}, ...spec } });

test('a policy is for what comes in, and for what goes out where it says so', () => {
  const types = (spec: Manifest) => created(NetworkPolicy, policy(spec)).spec.policyTypes;
  assert.deepEqual(
    [types({}), types({ egress: [{}] }), types({ policyTypes: ['Egress'] })],
    [['Ingress'], ['Ingress', 'Egress'], ['Egress']],
  );
  assert.equal(created(NetworkPolicy, policy({ ingress: [{ ports: [{ port: 80 }] }] })).spec.ingress?.[0]?.ports?.[0]?.protocol, 'TCP');
});

const from = (peer: Manifest): Manifest => policy({ ingress: [{ from: [peer] }] });
const port = (parts: Manifest): Manifest => policy({ egress: [{ ports: [parts] }] });
const cases: readonly (readonly [what: string, manifest: Manifest, problems: readonly string[]])[] = [
  ['nobody', from({}), ['spec.ingress[0].from[0]: Required value: must specify a peer']],
  ['pods of some namespaces', from({ podSelector: {}, namespaceSelector: {} }), []],
  [
    'addresses and pods',
    from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }),
    ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer'],
  ],
  [
    'holes that are none',
    from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '11.0.0.0/16', '10.0.0.0/8', 'x'] } }),
    [
      'spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      'spec.ingress[0].from[0].ipBlock.except[2]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
      'spec.ingress[0].from[0].ipBlock.except[3]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  ['a range of ports', port({ port: 80, endPort: 90 }), []],
  [
    'a range backwards',
    port({ port: 80, endPort: 79 }),
    ['spec.egress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`'],
  ],
  [
    'a range from a name',
    port({ port: 'http', endPort: 90 }),
    ['spec.egress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is non-numeric'],
  ],
  [
    'a range from nowhere',
    port({ endPort: 90 }),
    ['spec.egress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is not specified'],
  ],
  [
    'odd types',
    policy({ policyTypes: ['Ingress', 'Sideways'] }),
    ['spec.policyTypes[1]: Unsupported value: "Sideways": supported values: "Ingress", "Egress"'],
  ],
  [
    'too many types',
    policy({ policyTypes: ['Ingress', 'Egress', 'Ingress'] }),
    ['spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes'],
  ],
];

for (const [what, manifest, problems] of cases) {
  test(`NetworkPolicy rules: ${what}`, () => assert.deepEqual(createProblems(NetworkPolicy, manifest), problems));
}

test('the selector is shown, and a loose range warned of', () => {
  const shown = (spec: Manifest) => row(NetworkPolicy, created(NetworkPolicy, policy(spec)))['Pod-Selector'];
  assert.deepEqual([shown({}), shown({ podSelector: { matchLabels: { a: 'b' } } })], ['<none>', 'a=b']);
  assert.deepEqual(NetworkPolicy.strategy.warnings!(created(NetworkPolicy, from({ ipBlock: { cidr: '10.1.0.0/8' } }))), [
    'spec.ingress[0].from[0].ipBlock.cidr: CIDR value "10.1.0.0/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.0.0/32"?)',
  ]);
});
