import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/errors.ts';
import { negotiate, parseAccept, wantsPretty } from './negotiation.ts';

const kubectlGet = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

test('kubectl get is answered with a table', () => {
  assert.deepEqual(negotiate(kubectlGet, false), { encoding: 'json', as: 'table', version: 'v1', pretty: false });
});

test('a client that prefers protobuf but lists JSON gets JSON', () => {
  assert.equal(negotiate('application/vnd.kubernetes.protobuf,application/json', false).encoding, 'json');
});

test('protobuf alone is not acceptable', () => {
  assert.throws(
    () => negotiate('application/vnd.kubernetes.protobuf', false),
    (error) => error instanceof ApiError && error.code === 406,
  );
});

test('no Accept header and any range mean JSON', () => {
  for (const accept of [undefined, '', '*/*', 'application/*']) assert.equal(negotiate(accept, false).encoding, 'json');
});

test('a watch is never YAML', () => {
  assert.equal(negotiate('application/yaml', false).encoding, 'yaml');
  assert.throws(() => negotiate('application/yaml', false, true), ApiError);
});

test('quality orders ranges, and 0 rules one out', () => {
  assert.deepEqual(
    parseAccept('a/b;q=0.1, c/d, e/f;q=0').map((range) => range.type),
    ['c/d', 'a/b'],
  );
});

test('people get indented JSON, programs do not', () => {
  assert.equal(wantsPretty(undefined, 'curl/8'), true);
  assert.equal(wantsPretty('false', 'curl/8'), false);
  assert.equal(wantsPretty(undefined, 'kubectl/v1.33'), false);
});
