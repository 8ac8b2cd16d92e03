import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cidrContains,
  cidrWarnings,
  ipText,
  ipWarnings,
  parseCidr,
  parseIp,
  validateCidr,
  validateInterfaceAddress,
  validateIp,
  validateLegacyCidr,
  validateLegacyIp,
} from './ip.ts';

const canonical: readonly [text: string, canonical: string | undefined][] = [
  ['10.0.0.1', '10.0.0.1'],
  ['010.0.0.1', '10.0.0.1'],
  ['10.0.0', undefined],
  ['10.0.0.256', undefined],
  ['10.0.0.1.', undefined],
  ['::', '::'],
  ['::1', '::1'],
  ['FE80:0:0:0:0:0:0:0abc', 'fe80::abc'],
  ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['1::2::3', undefined],
  ['1:2:3:4:5:6:7', undefined],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['::ffff:1.2.3.4', '::ffff:102:304'],
  [':1::2', undefined],
  ['1::2:', undefined],
  ['12345::', undefined],
  ['fe80::1%eth0', undefined],
  ['', undefined],
];

for (const [text, expected] of canonical) {
  test(`parseIp('${text}') reads ${expected ?? 'no address'}`, () => {
    const address = parseIp(text);
    assert.equal(address && ipText(address), expected);
  });
}

const details = (problems: { detail: string }[]) => problems.map(({ detail }) => detail);

test('validateIp() and validateCidr() want canonical text, the legacy ones only unambiguous text', () => {
  assert.deepEqual(details(validateIp('010.0.0.1', 'p')), ['must not have leading 0s']);
  assert.deepEqual(details(validateIp('::ffff:1.2.3.4', 'p')), ['must not be an IPv4-mapped IPv6 address']);
  assert.deepEqual(details(validateIp('FE80::1', 'p')), ['must be in canonical form ("fe80::1")']);
  assert.deepEqual(validateLegacyIp('FE80::1', 'p'), []);
  assert.deepEqual(details(validateIp('nope', 'p')), ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']);
  assert.deepEqual(details(validateLegacyCidr('10.0.0.1/8', 'p')), ['must not have bits set beyond the prefix length']);
  assert.deepEqual(details(validateLegacyCidr('10.0.0.0/08', 'p')), ['must not have leading 0s in IP or prefix length']);
  assert.deepEqual(details(validateCidr('2001:DB8::/32', 'p')), ['must be in canonical form ("2001:db8::/32")']);
  assert.deepEqual(details(validateCidr('10.0.0.0/33', 'p')), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']);
  assert.deepEqual(validateCidr('10.0.0.0/8', 'p'), []);
  assert.deepEqual(validateInterfaceAddress('10.0.0.7/8', 'p'), []);
});

test('ipWarnings() and cidrWarnings() say what to write instead', () => {
  assert.deepEqual(ipWarnings('10.0.0.1', 'p'), []);
  assert.deepEqual(ipWarnings('FE80::1', 'p'), ['p: IPv6 address "FE80::1" should be in RFC 5952 canonical format ("fe80::1")']);
  assert.deepEqual(ipWarnings('010.0.0.1', 'p'), [
    'p: non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
  ]);
  assert.deepEqual(cidrWarnings('10.0.0.1/8', 'p'), [
    'p: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
  ]);
});

test('cidrContains() compares within one family', () => {
  const cidr = parseCidr('10.96.0.0/12')!;
  assert.equal(cidrContains(cidr, parseIp('10.111.255.255')!), true);
  assert.equal(cidrContains(cidr, parseIp('10.112.0.0')!), false);
  assert.equal(cidrContains(cidr, parseIp('::1')!), false);
});
