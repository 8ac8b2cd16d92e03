import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../draft.ts';
import { fieldErrorText } from '../../field-error.ts';
import type { Service as ServiceType } from '../../generated/core/v1.ts';
import { created, type Manifest } from '../trial.ts';
import { resolveIpFamilies, type IpFamily } from './service-ip-families.ts';
import { Service } from './service.ts';

const made = (spec: Manifest) =>
  created(Service, { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }], selector: { a: 'b' }, ...spec } });

function resolved(spec: Manifest, cluster: readonly IpFamily[], old?: Manifest) {
  const service = made(spec) as Draft<ServiceType>;
  const problems = resolveIpFamilies(service, old && made(old), cluster).map(fieldErrorText);
  return problems.length > 0 ? problems : [service.spec.ipFamilyPolicy, ...(service.spec.ipFamilies ?? [])];
}

const cases: readonly (readonly [what: string, spec: Manifest, cluster: readonly IpFamily[], result: readonly unknown[]])[] = [
  ['nothing said: the default family', {}, ['IPv6', 'IPv4'], ['SingleStack', 'IPv6']],
  ['both if possible, in a single cluster', { ipFamilyPolicy: 'PreferDualStack' }, ['IPv4'], ['PreferDualStack', 'IPv4']],
  [
    'both if possible, in a dual one',
    { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6'] },
    ['IPv4', 'IPv6'],
    ['PreferDualStack', 'IPv6', 'IPv4'],
  ],
  ['told by the address', { clusterIP: 'fd00::9' }, ['IPv4', 'IPv6'], ['SingleStack', 'IPv6']],
  ['headless without selector: any', { clusterIP: 'None', selector: undefined }, ['IPv4'], ['RequireDualStack', 'IPv4', 'IPv6']],
  ['an external name: none', { type: 'ExternalName', externalName: 'x.y' }, ['IPv4'], [undefined]],
  [
    'both demanded of a single cluster',
    { ipFamilyPolicy: 'RequireDualStack' },
    ['IPv4'],
    ['spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'],
  ],
  [
    'a family the cluster lacks',
    { ipFamilies: ['IPv6'] },
    ['IPv4'],
    ['spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
  ],
  [
    'an address of a family the cluster lacks',
    { clusterIP: 'fd00::9' },
    ['IPv4'],
    ['spec.clusterIPs[0]: Invalid value: ["fd00::9"]: IPv6 is not configured on this cluster'],
  ],
  [
    'two families under the policy of one',
    { ipFamilies: ['IPv4', 'IPv6'] },
    ['IPv4', 'IPv6'],
    [
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
    ],
  ],
];

for (const [what, spec, cluster, result] of cases) {
  test(`resolveIpFamilies(): ${what}`, () => assert.deepEqual(resolved(spec, cluster), result));
}

const dual = {
  clusterIP: '10.96.0.9',
  clusterIPs: ['10.96.0.9', 'fd00::9'],
  ipFamilies: ['IPv4', 'IPv6'],
  ipFamilyPolicy: 'RequireDualStack',
};

test('resolveIpFamilies() takes an old policy over, and lets the second family go for SingleStack', () => {
  const { ipFamilyPolicy: _said, ...silent } = dual;
  assert.deepEqual(resolved(silent, ['IPv4', 'IPv6'], dual), ['RequireDualStack', 'IPv4', 'IPv6']);
  assert.deepEqual(resolved({ ...dual, ipFamilyPolicy: 'SingleStack' }, ['IPv4', 'IPv6'], dual), ['SingleStack', 'IPv4']);
  assert.deepEqual(resolved({ ...dual, ipFamilies: ['IPv4'] }, ['IPv4', 'IPv6'], dual), [
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary IP family',
  ]);
});

test('resolveIpFamilies() does not make a settled service dual because the cluster became so', () => {
  const settled = { clusterIP: '10.96.0.9', ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' };
  assert.deepEqual(resolved(settled, ['IPv4', 'IPv6'], settled), ['PreferDualStack', 'IPv4']);
});
