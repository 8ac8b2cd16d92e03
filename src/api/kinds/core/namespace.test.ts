import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../draft.ts';
import { fieldErrorText } from '../../field-error.ts';
import type { Namespace as NamespaceType } from '../../generated/core/v1.ts';
import { created, createProblems, row, statusProblems, updated } from '../trial.ts';
import { Namespace } from './namespace.ts';

const write = { user: { name: 'controller', groups: [] }, nowMs: 0 };

test('a new Namespace is active, held by its finalizer and labelled with its name', () => {
  const namespace = created(Namespace, { metadata: { name: 'team' }, status: { phase: 'Terminating' } });
  assert.deepEqual(namespace, {
    metadata: { name: 'team', labels: { 'kubernetes.io/metadata.name': 'team' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  assert.equal(row(Namespace, namespace)['Status'], 'Active');
});

test('the name label cannot be changed', () => {
  const namespace = created(Namespace, { metadata: { name: 'team', labels: { 'kubernetes.io/metadata.name': 'other' } } });
  assert.equal(namespace.metadata.labels?.['kubernetes.io/metadata.name'], 'team');
});

test('an update keeps the finalizers, whatever it says', () => {
  const old = created(Namespace, { metadata: { name: 'team' } });
  const next = updated(Namespace, old, (namespace) => {
    namespace.spec.finalizers = [];
  });
  assert.deepEqual(next.spec.finalizers, ['kubernetes']);
});

test('finalize takes finalizers off and leaves the status alone', () => {
  const old = created(Namespace, { metadata: { name: 'team' } });
  const draft = structuredClone(old) as unknown as Draft<NamespaceType>;
  draft.spec.finalizers = [];
  draft.status.phase = 'Terminating';
  const finalize = Namespace.strategy.subresourceUpdates!['finalize']!;
  finalize.prepare(draft, old, write);
  assert.deepEqual([draft.spec.finalizers, draft.status.phase], [[], 'Active']);
  const bare = { ...old, spec: { finalizers: ['mine'] } };
  assert.deepEqual(finalize.validate!(bare, old).map(fieldErrorText), [
    'spec.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
  ]);
});

test('a bare finalizer of one’s own is refused', () => {
  assert.deepEqual(createProblems(Namespace, { metadata: { name: 'team' }, spec: { finalizers: ['mine', 'example.com/mine'] } }), [
    'spec.finalizers: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
  ]);
});

test('the phase follows the deletion', () => {
  assert.deepEqual(statusProblems(Namespace, { metadata: { name: 'team' } }, { phase: 'Terminating' }), [
    'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
  ]);
  const deleting = { metadata: { name: 'team', deletionTimestamp: '2026-01-01T00:00:00Z' } };
  assert.deepEqual(statusProblems(Namespace, deleting, { phase: 'Terminating' }), []);
  assert.deepEqual(statusProblems(Namespace, deleting, { phase: 'Active' }), [
    'status.Phase: Invalid value: "Active": may only be \'Terminating\' if `deletionTimestamp` is not empty',
  ]);
});
