import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorText } from '../field-error.ts';
import type { ObjectMeta } from '../meta.ts';
import { validateMetadata, validateMetadataUpdate } from './metadata.ts';

const pod = { group: '', namespaced: true, strategy: {} };
const node = { group: '', namespaced: false, strategy: {} };
const widget = { group: 'example.com', namespaced: true, strategy: {} };
const good: ObjectMeta = { name: 'web', namespace: 'default', uid: 'u1', resourceVersion: '5', creationTimestamp: '2026-01-01T00:00:00Z' };

const problems = (metadata: ObjectMeta, kind: Parameters<typeof validateMetadata>[0] = pod) =>
  validateMetadata(kind, { metadata }).map(fieldErrorText);
const updateProblems = (next: ObjectMeta, old: ObjectMeta) =>
  validateMetadataUpdate(pod, { metadata: next }, { metadata: old }).map(fieldErrorText);

test('validateMetadata() finds nothing wrong with a plain object', () => assert.deepEqual(problems(good), []));

test('validateMetadata() wants a name and a namespace', () => {
  assert.deepEqual(problems({}), ['metadata.name: Required value: name or generateName is required', 'metadata.namespace: Required value']);
});

test('validateMetadata() refuses a namespace on a cluster-scoped kind', () => {
  assert.deepEqual(problems({ name: 'n1', namespace: 'x' }, node), ['metadata.namespace: Forbidden: not allowed on this type']);
});

test("validateMetadata() asks the kind's own rule about names and prefixes", () => {
  const strict = { ...pod, strategy: { nameProblems: (name: string, asPrefix: boolean) => [`no ${name} ${asPrefix}`] } };
  assert.deepEqual(problems({ ...good, generateName: 'w-' }, strict), [
    'metadata.generateName: Invalid value: "w-": no w- true',
    'metadata.name: Invalid value: "web": no web false',
  ]);
});

test('validateMetadata() allows one controller only', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', uid: 'u', controller: true };
  const [first, ...others] = problems({
    ...good,
    ownerReferences: [
      { ...owner, name: 'a' },
      { ...owner, name: 'b' },
    ],
  });
  assert.match(
    first!,
    /^metadata\.ownerReferences: Invalid value: \[\{.*\}\]: Only one reference can have Controller set to true\. Found "true" in references for ReplicaSet\/a and ReplicaSet\/b$/,
  );
  assert.deepEqual(others, []);
});

test('validateMetadata() wants owners whole, and no event', () => {
  assert.deepEqual(problems({ ...good, ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] }), [
    'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
    'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
    'metadata.ownerReferences.name: Invalid value: "": must not be empty',
    'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
  ]);
  const [event] = problems({ ...good, ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: 'u' }] });
  assert.match(event!, /\/v1, Kind=Event is disallowed from being an owner$/);
});

test('validateMetadata() keeps annotations below 256 KiB together', () => {
  assert.deepEqual(problems({ ...good, annotations: { a: 'x'.repeat(256 * 1024 - 1) } }), []);
  assert.deepEqual(problems({ ...good, annotations: { a: 'x'.repeat(256 * 1024) } }), [
    'metadata.annotations: Too long: may not be more than 262144 bytes',
  ]);
});

test('validateMetadata() compares annotation keys without regard to case', () => {
  assert.deepEqual(problems({ ...good, annotations: { 'Example.COM/Key': '' } }), []);
  assert.equal(problems({ ...good, labels: { 'Example.COM/Key': '' } }).length, 1);
});

test('validateMetadata() knows which finalizers exclude each other and which are bare', () => {
  assert.deepEqual(problems({ ...good, finalizers: ['orphan', 'foregroundDeletion'] }), [
    'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
  ]);
  assert.deepEqual(problems({ ...good, finalizers: ['mine'] }), [
    'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
  ]);
  assert.deepEqual(problems({ ...good, finalizers: ['mine'] }, widget), []);
});

test('validateMetadata() checks managed fields', () => {
  assert.deepEqual(problems({ ...good, managedFields: [{ manager: 'a\tb' }] }), [
    'metadata.managedFields[0].operation: Invalid value: "": must be `Apply` or `Update`',
    'metadata.managedFields[0].manager: Invalid value: "a\\tb": invalid character U+0009 (at position 1)',
  ]);
});

test('validateMetadataUpdate() holds what may not change', () => {
  assert.deepEqual(updateProblems(good, good), []);
  assert.deepEqual(updateProblems({ ...good, uid: 'u2', resourceVersion: '', deletionTimestamp: '2026-01-02T00:00:00Z' }, good), [
    'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    'metadata.uid: Invalid value: "u2": field is immutable',
    'metadata.deletionTimestamp: Invalid value: "2026-01-02T00:00:00Z": field is immutable',
  ]);
});

test('validateMetadataUpdate() lets no finalizer in once deletion has begun', () => {
  const dying = { ...good, deletionTimestamp: '2026-01-02T00:00:00Z', finalizers: ['a.io/x'] };
  assert.deepEqual(updateProblems({ ...dying, finalizers: [] }, dying), []);
  assert.deepEqual(updateProblems({ ...dying, finalizers: ['a.io/x', 'a.io/z', 'a.io/y'] }, dying), [
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a.io/y", "a.io/z"}',
  ]);
});
