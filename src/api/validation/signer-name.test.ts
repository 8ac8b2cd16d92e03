import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKubernetesSigner, validateSignerName } from './signer-name.ts';

const details = (name: string) => validateSignerName(name, 'p').map(({ type, detail }) => detail || type);

test('validateSignerName() wants a domain and a path', () => {
  assert.deepEqual(details('example.com/my-signer.ns'), []);
  assert.deepEqual(details(''), ['FieldValueRequired']);
  assert.deepEqual(details('example.com'), ["must be a fully qualified domain and path of the form 'example.com/signer-name'"]);
  assert.deepEqual(details('a.b/c/d'), ["must be a fully qualified domain and path of the form 'example.com/signer-name'"]);
  assert.deepEqual(details('local/x'), ['should be a domain with at least two segments separated by dots']);
  assert.match(details('example.com/A')[0]!, /^validating label "A": a lowercase RFC 1123 subdomain/);
});

test('isKubernetesSigner() knows the reserved domains', () => {
  assert.equal(isKubernetesSigner('kubernetes.io/kubelet-serving'), true);
  assert.equal(isKubernetesSigner('x.kubernetes.io/y'), true);
  assert.equal(isKubernetesSigner('notkubernetes.io/y'), false);
});
