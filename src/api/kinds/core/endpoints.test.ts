import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, type Manifest } from '../trial.ts';
import { Endpoints } from './endpoints.ts';

const endpoints = (...subsets: Manifest[]): Manifest => ({ metadata: { name: 'web' }, subsets });
const addresses = (...ips: string[]) => ips.map((ip) => ({ ip }));

test('ports are TCP unless they say otherwise', () => {
  const { subsets } = created(
    Endpoints,
    endpoints({ addresses: addresses('10.0.0.1'), ports: [{ port: 80 }, { name: 'dns', port: 53, protocol: 'UDP' }] }),
  );
  assert.deepEqual(
    subsets?.[0]?.ports?.map(({ protocol }) => protocol),
    ['TCP', 'UDP'],
  );
});

const cases: readonly (readonly [what: string, subset: Manifest, problems: readonly string[]])[] = [
  ['nothing', {}, ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
  [
    'no address',
    { addresses: addresses('a') },
    [
      'subsets[0].addresses[0].ip: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'subsets[0].addresses[0].ip: Invalid value: "a": must be a valid IP address',
    ],
  ],
  [
    'special addresses',
    { addresses: addresses('127.0.0.1', '0.0.0.0'), notReadyAddresses: addresses('169.254.1.1', 'ff02::1', 'fe80::1') },
    [
      'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'subsets[0].addresses[1].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
      'subsets[0].notReadyAddresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'subsets[0].notReadyAddresses[1].ip: Invalid value: "ff02::1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
      'subsets[0].notReadyAddresses[2].ip: Invalid value: "fe80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
  ],
  [
    'ports without names',
    { addresses: addresses('10.0.0.1'), ports: [{ port: 80 }, { port: 0, name: 'x', protocol: 'ICMP' }] },
    [
      'subsets[0].ports[0].name: Required value',
      'subsets[0].ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'subsets[0].ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
  ],
];

for (const [what, subset, problems] of cases) {
  test(`Endpoints with ${what}`, () => assert.deepEqual(createProblems(Endpoints, endpoints(subset)), problems));
}

test('three endpoints are shown, and how many more there are', () => {
  const shown = (...subsets: Manifest[]) => row(Endpoints, created(Endpoints, endpoints(...subsets)))['Endpoints'];
  const ports = [
    { name: 'a', port: 80 },
    { name: 'b', port: 443 },
  ];
  assert.equal(shown(), '<none>');
  assert.equal(shown({ addresses: addresses('10.0.0.1', 'fd00::1'), ports: [{ port: 80 }] }), '10.0.0.1:80,[fd00::1]:80');
  assert.equal(
    shown({ addresses: addresses('10.0.0.1', '10.0.0.2'), ports }, { addresses: addresses('10.0.0.3') }),
    '10.0.0.1:80,10.0.0.2:80,10.0.0.1:443 + 2 more...',
  );
});
