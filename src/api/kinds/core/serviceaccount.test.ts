import assert from 'node:assert/strict';
import { test } from 'node:test';
import { created, createProblems, row } from '../trial.ts';
import { Binding } from './binding.ts';
import { ComponentStatus } from './componentstatus.ts';
import { ServiceAccount } from './serviceaccount.ts';

test('of a ServiceAccount’s secrets only the names are kept', () => {
  const account = created(ServiceAccount, { metadata: { name: 'robot' }, secrets: [{ name: 'token', namespace: 'other', uid: '1' }] });
  assert.deepEqual(account.secrets, [{ name: 'token' }]);
  assert.equal(row(ServiceAccount, account)['Secrets'], 1);
});

test('who newly enforces mountable secrets is told that this is deprecated', () => {
  const account = created(ServiceAccount, {
    metadata: { name: 'robot', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
  });
  assert.deepEqual(ServiceAccount.strategy.warnings!(account, account), []);
  assert.deepEqual(ServiceAccount.strategy.warnings!(account), [
    'metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets',
  ]);
});

test('a Binding names a Node', () => {
  assert.deepEqual(createProblems(Binding, { target: { kind: 'Node', name: 'worker' } }), []);
  assert.deepEqual(createProblems(Binding, { target: { kind: 'Pod' } }), [
    'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"',
    'target.name: Required value',
  ]);
});

test('a component’s row tells its health', () => {
  const component = (status: string) =>
    created(ComponentStatus, { metadata: { name: 'etcd-0' }, conditions: [{ type: 'Healthy', status, message: 'ok' }] });
  assert.deepEqual(row(ComponentStatus, component('True')), { Name: 'etcd-0', Status: 'Healthy', Message: 'ok', Error: '' });
  assert.equal(row(ComponentStatus, component('False'))['Status'], 'Unhealthy');
  assert.equal(row(ComponentStatus, created(ComponentStatus, { metadata: { name: 'x' } }))['Status'], 'Unknown');
});
