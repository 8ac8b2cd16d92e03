import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  configMapKey,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  envVarName,
  httpHeaderName,
  labelValue,
  nameIsDns1123Subdomain,
  pathSegmentName,
  percent,
  portName,
  portNumber,
  qualifiedName,
  relaxedEnvVarName,
  userId,
  wildcardDns1123Subdomain,
} from './names.ts';

const labelDetail =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainDetail =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const keyDetail =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const cases: readonly [check: (text: string) => string[], text: string, details: string[]][] = [
  [dns1123Label, 'web-1', []],
  [dns1123Label, 'Web', [labelDetail]],
  [dns1123Label, '', [labelDetail]],
  [dns1123Label, 'a.b', ['must not contain dots']],
  [dns1123Label, 'a'.repeat(64), ['must be no more than 63 bytes']],
  [dns1123Label, 'é'.repeat(32), ['must be no more than 63 bytes', labelDetail]],
  [dns1123Subdomain, 'a.b-c.d1', []],
  [dns1123Subdomain, 'a..b', [subdomainDetail]],
  [dns1123Subdomain, 'web\n', [subdomainDetail]],
  [dns1123Subdomain, `${'a'.repeat(250)}.bcd`, ['must be no more than 253 bytes']],
  [wildcardDns1123Subdomain, '*.example.com', []],
  [dns1035Label, 'a1', []],
  [
    dns1035Label,
    '1a',
    [
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [qualifiedName, 'example.com/My_name.1', []],
  [qualifiedName, 'a b', [`name part ${keyDetail}`]],
  [qualifiedName, '/a', ['prefix part must be non-empty']],
  [qualifiedName, 'A/b', [`prefix part ${subdomainDetail}`]],
  [qualifiedName, 'a/', ['name part must be non-empty', `name part ${keyDetail}`]],
  [qualifiedName, 'a'.repeat(64), ['name part must be no more than 63 bytes']],
  [qualifiedName, 'a/b/c', [`a valid label key ${keyDetail} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]],
  [labelValue, '', []],
  [labelValue, 'v1.2_3', []],
  [
    labelValue,
    '-x',
    [
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ],
  [portName, 'http-2', []],
  [
    portName,
    '-8--0.',
    [
      'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'must contain at least one letter (a-z)',
      'must not contain consecutive hyphens',
      'must not begin or end with a hyphen',
    ],
  ],
  [portName, 'a-name-too-long1', ['must be no more than 15 bytes']],
  [
    percent,
    '5',
    [
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  ],
  [
    httpHeaderName,
    'X Y',
    [
      "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
    ],
  ],
  [envVarName, 'MY.VAR', []],
  [envVarName, '..x', ["must not start with '..'"]],
  [
    envVarName,
    '1x',
    [
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
    ],
  ],
  [relaxedEnvVarName, '1 x!', []],
  [relaxedEnvVarName, 'a=b', ["a valid environment variable name must consist only of printable ASCII characters other than '='"]],
  [relaxedEnvVarName, '', ['environment variable name must be non-empty']],
  [configMapKey, 'a_b.c-D', []],
  [configMapKey, '..', ["must not be '..'"]],
  [pathSegmentName, '..', ["may not be '..'"]],
  [pathSegmentName, 'a/b%', ["may not contain '/'", "may not contain '%'"]],
];

for (const [check, text, details] of cases) {
  test(`${check.name}(${JSON.stringify(text.slice(0, 20))}) has ${details.length} problems`, () => assert.deepEqual(check(text), details));
}

test('portNumber() wants 1 to 65535', () => {
  assert.deepEqual(portNumber(0), ['must be between 1 and 65535, inclusive']);
  assert.deepEqual(portNumber(65535), []);
});

test('userId() wants what an int32 holds', () => {
  assert.deepEqual(userId(2 ** 31), ['must be between 0 and 2147483647, inclusive']);
  assert.deepEqual(userId(0), []);
});

test('a name prefix may end with a dash, a name may not', () => {
  assert.deepEqual(nameIsDns1123Subdomain('web-', true), []);
  assert.equal(nameIsDns1123Subdomain('web-', false).length, 1);
  assert.equal(nameIsDns1123Subdomain('-', true).length, 1);
});
