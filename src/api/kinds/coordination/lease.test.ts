import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row, updateProblems, type Manifest } from '../trial.ts';
import { Lease } from './lease.ts';
import { LeaseCandidateV1Beta1 } from './leasecandidate.ts';

const lease = (spec: Manifest): Manifest => ({ metadata: { name: 'leader' }, spec });

test('a Lease’s rules', () => {
  assert.deepEqual(createProblems(Lease, lease({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 })), []);
  assert.deepEqual(createProblems(Lease, lease({ leaseDurationSeconds: 0, leaseTransitions: -1, preferredHolder: 'a' })), [
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    'spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined',
  ]);
  assert.deepEqual(createProblems(Lease, lease({ strategy: 'Newest' })), [
    'spec.strategy.strategy: Unsupported value: "Newest": supported values: "OldestEmulationVersion"',
  ]);
  assert.deepEqual(createProblems(Lease, lease({ strategy: 'example.com/newest', preferredHolder: 'a' })), []);
});

test('a Lease may be made by an update, which must say what it has seen', () => {
  assert.deepEqual([Lease.strategy.createOnUpdate, Lease.strategy.unconditionalUpdate], [true, false]);
  assert.equal(row(Lease, created(Lease, lease({ holderIdentity: 'a' })))['Holder'], 'a');
});

const candidate = (spec: Manifest): Manifest =>
  lease({ leaseName: 'leader', binaryVersion: '1.36.0', emulationVersion: '1.35.0', strategy: 'OldestEmulationVersion', ...spec });

test('a LeaseCandidate’s rules', () => {
  assert.deepEqual(createProblems(LeaseCandidateV1Beta1, candidate({})), []);
  assert.deepEqual(createProblems(LeaseCandidateV1Beta1, candidate({ binaryVersion: '1.34.9' })), [
    'spec.binaryVersion: Invalid value: "1.34.9": must be greater than or equal to `emulationVersion`',
  ]);
  assert.deepEqual(createProblems(LeaseCandidateV1Beta1, candidate({ leaseName: '', binaryVersion: 'v1', emulationVersion: undefined })), [
    'spec.leaseName: Required value',
    'spec.binaryVersion: Invalid value: "v1": must be a valid semantic version',
    "spec.emulationVersion: Required value: must be specified when `strategy` is 'OldestEmulationVersion'",
  ]);
  assert.deepEqual(
    updateProblems(LeaseCandidateV1Beta1, candidate({}), (next) => (next.spec.leaseName = 'other')),
    ['spec.leaseName: Invalid value: "other": field is immutable'],
  );
});
