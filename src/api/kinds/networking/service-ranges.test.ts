import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { IPAddress, IPAddressV1Beta1 } from './ipaddress.ts';
import { ServiceCIDR } from './servicecidr.ts';

const range = (...cidrs: string[]): Manifest => ({ metadata: { name: 'extra' }, spec: { cidrs } });

test('a ServiceCIDR has one range of a family', () => {
  assert.deepEqual(createProblems(ServiceCIDR, range('10.96.0.0/16', 'fd00::/112')), []);
  assert.deepEqual(createProblems(ServiceCIDR, range()), ['spec.cidrs: Required value: at least one CIDR required']);
  assert.deepEqual(createProblems(ServiceCIDR, range('10.96.0.0/16', '10.97.0.0/16')), [
    'spec.cidrs: Invalid value: ["10.96.0.0/16","10.97.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
  ]);
  assert.equal(row(ServiceCIDR, created(ServiceCIDR, range('10.96.0.0/16', 'fd00::/112')))['CIDRs'], '10.96.0.0/16,fd00::/112');
});

test('a range may be joined by one of the other family, and else stays', () => {
  const to = (...cidrs: string[]) => updateProblems(ServiceCIDR, range('10.96.0.0/16'), (next) => (next.spec.cidrs = cidrs));
  assert.deepEqual(to('10.96.0.0/16', 'fd00::/112'), []);
  assert.deepEqual(to('10.97.0.0/16'), ['spec.cidrs[0]: Invalid value: "10.97.0.0/16": field is immutable']);
  assert.deepEqual(to(), ['spec.cidrs: Invalid value: []: field is immutable']);
});

const address = (parentRef?: Manifest): Manifest => ({ metadata: { name: '10.96.0.9' }, spec: { parentRef } });

test('an IPAddress is named for the address, and says whose it is', () => {
  const names = IPAddress.strategy.nameProblems!;
  assert.deepEqual([names('10.96.0.9', false), names('fd00:0::9', false)], [[], ['must be in canonical form ("fd00::9")']]);
  const parent = { resource: 'services', namespace: 'team', name: 'web' };
  assert.deepEqual(createProblems(IPAddress, address(parent)), []);
  assert.deepEqual(createProblems(IPAddress, address()), ['spec.parentRef: Required value']);
  assert.deepEqual(createProblems(IPAddress, address({ name: 'a/b' })), [
    'spec.parentRef.resource: Required value',
    'spec.parentRef.name: Invalid value: "a/b": may not contain \'/\'',
  ]);
  assert.equal(row(IPAddress, created(IPAddress, address(parent)))['ParentRef'], 'services/team/web');
  assert.match(
    updateProblems(IPAddress, address(parent), (next) => (next.spec.parentRef.name = 'other')).join(),
    /^spec\.parentRef: .*: field is immutable$/,
  );
});

test('the beta IPAddress is stored as v1', () => {
  assert.equal(IPAddressV1Beta1.servedByDefault, false);
  assert.equal(
    IPAddressV1Beta1.storage!.fromStored({ apiVersion: 'networking.k8s.io/v1', metadata: {} }).apiVersion,
    'networking.k8s.io/v1beta1',
  );
});
