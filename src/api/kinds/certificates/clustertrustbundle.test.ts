import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pemText } from '../../../codec/x509/pem.ts';
import { createProblems, statusProblems, updateProblems, type Manifest } from '../trial.ts';
import { ClusterTrustBundleV1Beta1 } from './clustertrustbundle.ts';
import { PodCertificateRequestV1Beta1 } from './podcertificaterequest.ts';

const bundle = (name: string, spec: Manifest): Manifest => ({ metadata: { name }, spec });

test('a signer’s bundle carries its name', () => {
  const named = (name: string, signerName?: string) =>
    createProblems(ClusterTrustBundleV1Beta1, bundle(name, { signerName, trustBundle: '' })).filter((problem) =>
      problem.startsWith('metadata'),
    );
  assert.deepEqual(named('roots'), []);
  assert.deepEqual(named('example.com:signer:roots', 'example.com/signer'), []);
  assert.deepEqual(named('a:b'), [
    'metadata.name: Invalid value: "a:b": ClusterTrustBundle without signer name must not have ":" in its name',
  ]);
  assert.deepEqual(named('roots', 'example.com/signer'), [
    'metadata.name: Invalid value: "roots": ClusterTrustBundle for signerName example.com/signer must be named with prefix example.com:signer:',
  ]);
});

test('a bundle holds authorities’ certificates', () => {
  const problems = (trustBundle: string) => createProblems(ClusterTrustBundleV1Beta1, bundle('roots', { trustBundle }));
  const wrong = 'spec.trustBundle: Invalid value: "<value omitted>": ';
  assert.deepEqual(problems(''), [`${wrong}at least one trust anchor must be provided`]);
  assert.deepEqual(problems(pemText('PRIVATE KEY', new Uint8Array([1])) + pemText('CERTIFICATE', new Uint8Array([1]))), [
    `${wrong}entry 0 has bad block type: PRIVATE KEY`,
    `${wrong}entry 1 does not parse as X.509`,
  ]);
});

test('a bundle that does not change is not read again, and its signer is for good', () => {
  const change = (next: { spec: { signerName?: string } }) => (next.spec.signerName = 'example.com/other');
  assert.deepEqual(updateProblems(ClusterTrustBundleV1Beta1, bundle('example.com:other:a', { trustBundle: 'old' }), change), [
    'spec.signerName: Invalid value: "example.com/other": field is immutable',
  ]);
});

const identity = { podName: 'a', podUID: '1', serviceAccountName: 'a', serviceAccountUID: '2', nodeName: 'n', nodeUID: '3' };
const podRequest = (spec: Manifest = {}): Manifest => bundle('a', { signerName: 'example.com/signer', ...identity, ...spec });

test('a PodCertificateRequest lasts an hour to 91 days, a day from Kubernetes’ own signers', () => {
  const problems = (spec: Manifest) => createProblems(PodCertificateRequestV1Beta1, podRequest(spec));
  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ maxExpirationSeconds: 3599 }), [
    'spec.maxExpirationSeconds: Invalid value: 3599: must be in the range [3600, 7862400]',
  ]);
  assert.deepEqual(problems({ maxExpirationSeconds: 86_401, signerName: 'kubernetes.io/kube-apiserver-client-pod', nodeUID: '' }), [
    'spec.nodeUID: Invalid value: "": must not be empty',
    'spec.maxExpirationSeconds: Invalid value: 86401: must be in the range [3600, 86400]',
  ]);
});

test('a PodCertificateRequest has one outcome', () => {
  const outcome = (type: string, status = 'True') => ({ type, status });
  const problems = (status: Manifest, before?: Manifest) => statusProblems(PodCertificateRequestV1Beta1, podRequest(), status, before);
  assert.deepEqual(problems({ conditions: [outcome('Issued')], certificateChain: 'x' }), []);
  assert.deepEqual(problems({ conditions: [outcome('Issued'), outcome('Denied', 'False')] }), [
    'status.conditions[1].type: Invalid value: "Denied": There may be at most one condition with type "Issued", "Denied", or "Failed"',
    'status.conditions[1].status: Unsupported value: "False": supported values: "True"',
  ]);
  assert.match(problems({ conditions: [outcome('Denied')], certificateChain: 'x' }).join(), /must be empty when denying or failing/);
  assert.match(
    problems({ conditions: [outcome('Issued')] }, { conditions: [outcome('Denied')] }).join(),
    /immutable after PodCertificateRequest is issued/,
  );
});
