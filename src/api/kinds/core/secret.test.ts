import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64, utf8 } from '../../../codec/bytes.ts';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { Secret } from './secret.ts';

const base64 = (text: string) => toBase64(utf8(text));
const secret = (parts: Manifest): Manifest => ({ metadata: { name: 'keys' }, ...parts });

test('stringData wins over data, becomes it and is gone', () => {
  const made = created(Secret, secret({ data: { a: base64('old'), b: base64('kept') }, stringData: { a: 'new', c: '' } }));
  assert.deepEqual(made.data, { a: base64('new'), b: base64('kept'), c: '' });
  assert.equal('stringData' in made, false);
  assert.equal(made.type, 'Opaque');
  const shown = row(Secret, made);
  assert.deepEqual([shown['Type'], shown['Data']], ['Opaque', 3]);
});

const dockerCases = { '{"auths":{}}': undefined, '[]': 'json: cannot unmarshal array into Go value of type map[string]interface {}' };
const cases: readonly (readonly [type: string, data: Record<string, string>, problems: readonly string[]])[] = [
  ['kubernetes.io/tls', { 'tls.crt': '' }, ['data[tls.key]: Required value']],
  ['kubernetes.io/tls', { 'tls.crt': '', 'tls.key': '' }, []],
  ['kubernetes.io/basic-auth', {}, ['data[username]: Required value', 'data[password]: Required value']],
  ['kubernetes.io/basic-auth', { password: 'x' }, []],
  ['kubernetes.io/ssh-auth', { 'ssh-privatekey': '' }, ['data[ssh-privatekey]: Required value']],
  ['kubernetes.io/dockerconfigjson', {}, ['data[.dockerconfigjson]: Required value']],
  ['kubernetes.io/service-account-token', {}, ['metadata.annotations[kubernetes.io/service-account.name]: Required value']],
  ['example.com/own', {}, []],
  [
    'Opaque',
    { 'a/b': '' },
    [
      "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  ],
];

for (const [type, data, problems] of cases) {
  test(`a Secret of type ${type} with ${Object.keys(data).join(', ') || 'nothing'}`, () => {
    assert.deepEqual(createProblems(Secret, secret({ type, stringData: data })), problems);
  });
}

test('a docker configuration is a JSON object, and is not shown', () => {
  for (const [json, problem] of Object.entries(dockerCases)) {
    const expected = problem === undefined ? [] : [`data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": ${problem}`];
    assert.deepEqual(
      createProblems(Secret, secret({ type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': json } })),
      expected,
    );
  }
});

test('a mebibyte is the most', () => {
  const most = 'x'.repeat(1024 * 1024);
  assert.deepEqual(createProblems(Secret, secret({ stringData: { most } })), []);
  assert.deepEqual(createProblems(Secret, secret({ stringData: { most, more: 'x' } })), [
    'data: Too long: may not be more than 1048576 bytes',
  ]);
});

test('the type never changes, nor the data of an immutable Secret', () => {
  const change = (next: { type?: string; data?: Record<string, string> }) =>
    Object.assign(next, { type: 'example.com/own', data: { a: base64('2') } });
  const typeProblem = 'type: Invalid value: "example.com/own": field is immutable';
  assert.deepEqual(updateProblems(Secret, secret({ stringData: { a: '1' } }), change), [typeProblem]);
  assert.deepEqual(updateProblems(Secret, secret({ immutable: true, stringData: { a: '1' } }), change), [
    typeProblem,
    'data: Forbidden: field is immutable when `immutable` is set',
  ]);
});
