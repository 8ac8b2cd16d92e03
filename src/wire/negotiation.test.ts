import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/errors.ts';
import { mediaTypesOf, negotiate, negotiateError, negotiateWatch, parseAccept, wantsPretty } from './negotiation.ts';

const kubectlGet = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

test('kubectl get is answered with a table', () => {
  assert.deepEqual(negotiate(kubectlGet, false), { encoding: 'json', as: 'table', version: 'v1', pretty: false });
});

test('a client that prefers protobuf but lists JSON gets JSON', () => {
  assert.equal(negotiate('application/vnd.kubernetes.protobuf,application/json', false).encoding, 'json');
});

test('a client that takes nothing but protobuf gets it, but for custom kinds and tables', () => {
  const protobuf = 'application/vnd.kubernetes.protobuf';
  assert.equal(negotiate(protobuf, false).encoding, 'protobuf');
  assert.equal(negotiateWatch(`${protobuf};stream=watch`).encoding, 'protobuf');
  assert.deepEqual(negotiateError(protobuf, false), { encoding: 'protobuf', pretty: false });
  const metadata = `${protobuf};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`;
  assert.deepEqual(negotiate(`${metadata},application/json`, false), {
    encoding: 'protobuf',
    as: 'metadata',
    version: 'v1',
    pretty: false,
  });
  const custom = mediaTypesOf({ group: 'example.com', version: 'v1' });
  assert.equal(
    refusal(() => negotiate(protobuf, false, custom)),
    'only the following media types are accepted: application/json, application/yaml',
  );
  assert.equal(negotiate(`${protobuf},application/yaml`, false, custom).encoding, 'yaml');
  assert.match(
    refusal(() => negotiate(`${protobuf};as=Table;g=meta.k8s.io;v=v1`, false)),
    /application\/json, application\/yaml, application\/vnd.kubernetes.protobuf$/,
  );
});

test('no Accept header and any range mean JSON', () => {
  for (const accept of [undefined, '', '*/*', 'application/*']) assert.equal(negotiate(accept, false).encoding, 'json');
});

const refusal = (negotiated: () => unknown): string => {
  try {
    negotiated();
  } catch (error) {
    if (error instanceof ApiError && error.code === 406) return error.message;
  }
  return assert.fail('nothing was refused');
};

test('a watch is never YAML, not even when JSON would do as well', () => {
  assert.equal(negotiateWatch('application/json;stream=watch').encoding, 'json');
  const said =
    'only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
  for (const accept of ['application/yaml', 'application/yaml, application/json'])
    assert.equal(
      refusal(() => negotiateWatch(accept)),
      said,
    );
});

test('parameters that ask for what is not served rule a range out', () => {
  const table = 'application/json;as=Table;g=meta.k8s.io';
  for (const range of [
    `${table};v=v2`,
    'application/json;as=Table;v=v1',
    'application/json;as=Pod;v=v1;g=meta.k8s.io',
    'application/json;stream=x',
  ])
    assert.match(
      refusal(() => negotiate(range, false)),
      /^only the following media types are accepted: application\/json/,
      range,
    );
  assert.equal(negotiate(`${table};v=v2, application/yaml`, false).encoding, 'yaml');
  assert.equal(negotiate('application/json;as=PartialObjectMetadataList;v=v1beta1;g=meta.k8s.io', false).as, 'metadata-list');
  assert.equal(negotiate('application/json;pretty=1;charset=utf-8', false).pretty, true);
});

test('errors are said in YAML to who asks for it, and to everybody else in JSON', () => {
  assert.deepEqual(negotiateError('application/yaml', false), { encoding: 'yaml', pretty: false });
  assert.deepEqual(negotiateError(kubectlGet, false), { encoding: 'json', pretty: false });
  assert.deepEqual(negotiateError('text/html', false), { encoding: 'json', pretty: true });
});

test('quality orders ranges, and 0 rules one out', () => {
  assert.deepEqual(
    parseAccept('a/b;q=0.1, c/d, e/f;q=0').map((range) => range.type),
    ['c/d', 'a/b'],
  );
  assert.deepEqual(
    parseAccept('*/*, a/*, a/b').map((range) => range.type),
    ['a/b', 'a/*', '*/*'],
  );
});

test('people get indented JSON, programs do not', () => {
  assert.equal(wantsPretty(undefined, 'curl/8'), true);
  assert.equal(wantsPretty('false', 'curl/8'), false);
  assert.equal(wantsPretty('yes', 'curl/8'), false);
  assert.equal(wantsPretty('', 'curl/8'), true);
  assert.equal(wantsPretty('1', 'kubectl/v1.33'), true);
  assert.equal(wantsPretty(undefined, 'kubectl/v1.33'), false);
});
