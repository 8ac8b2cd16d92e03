import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Impersonation, User } from '../../api/call.ts';
import type { PolicyRule } from '../../api/generated/rbac/v1.ts';
import type { Attributes } from '../ports.ts';
import { allow, clusterRole, clusterRoleBinding, users } from './bootstrap/notation.ts';
import { impersonate } from './impersonation.ts';
import { rbacAuthorizer } from './rbac.ts';
import { RbacIndex } from './rbac-source.ts';

const group = 'authentication.k8s.io';
const jane: User = { name: 'jane', groups: [] };

function as(rules: readonly PolicyRule[], wanted: Partial<Impersonation>, user = jane): Promise<User> {
  const index = new RbacIndex();
  index.set({ kind: 'ClusterRole', object: clusterRole('r', rules) });
  index.set({ kind: 'ClusterRoleBinding', object: clusterRoleBinding('r', users(user.name)) });
  const attributes: Attributes = { user, verb: 'list', resource: { group: '', version: 'v1', resource: 'pods', namespace: 'default' } };
  return impersonate(rbacAuthorizer(index), attributes, { name: '', groups: [], ...wanted });
}

const refusedWith = (promise: Promise<User>, message: string | RegExp) => assert.rejects(promise, { message });

describe('impersonate() with the verb there has always been', () => {
  test('a user gets system:authenticated, and no groups of their own', async () => {
    assert.deepEqual(await as([allow('impersonate', 'core', 'users', 'bob')], { name: 'bob' }), {
      name: 'bob',
      groups: ['system:authenticated'],
    });
  });

  test('a ServiceAccount is one, and has its groups', async () => {
    const name = 'system:serviceaccount:ci:bot';
    assert.deepEqual(await as([allow('impersonate', 'core', 'serviceaccounts')], { name }), {
      name,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:ci', 'system:authenticated'],
    });
  });

  test('every group, uid and extra has to be allowed', async () => {
    const wanted = { name: 'bob', uid: '7', groups: ['ops', 'system:masters'], extra: { 'example.com/scope': ['a', 'b'] } };
    const rules = [
      allow('impersonate', 'core', 'users groups'),
      allow('impersonate', group, 'uids'),
      allow('impersonate', group, 'userextras/example.com/scope'),
    ];
    assert.deepEqual(await as(rules, wanted), { ...wanted, groups: ['ops', 'system:masters', 'system:authenticated'] });
    for (const missing of rules)
      await assert.rejects(
        as(
          rules.filter((rule) => rule !== missing),
          wanted,
        ),
        { code: 403 },
      );
  });

  test('whoever impersonates the anonymous or the unauthenticated stays unauthenticated', async () => {
    const rules = [allow('impersonate', 'core', 'users groups')];
    assert.deepEqual((await as(rules, { name: 'system:anonymous' })).groups, ['system:unauthenticated']);
    assert.deepEqual((await as(rules, { name: 'bob', groups: ['system:unauthenticated'] })).groups, ['system:unauthenticated']);
  });
});

describe('impersonate(), constrained', () => {
  test('needs leave for the user and for what is done as them', async () => {
    const user = allow('impersonate:user-info', group, 'users', 'bob');
    const on = allow('impersonate-on:user-info:list', 'core', 'pods');
    assert.equal((await as([user, on], { name: 'bob' })).name, 'bob');
    await assert.rejects(as([user], { name: 'bob' }), { code: 403 });
    await assert.rejects(as([on], { name: 'bob' }), { code: 403 });
  });

  test('the refusal speaks of the first way that applies', async () => {
    await refusedWith(
      as([], { name: 'bob' }),
      'pods is forbidden: User "jane" cannot impersonate-on:user-info:list resource "pods" in API group "" in the namespace "default"',
    );
    await refusedWith(as([], { name: 'system:serviceaccount:a:b' }), /cannot impersonate-on:serviceaccount:list resource "pods"/);
    await refusedWith(as([], { name: 'system:node:n1' }), /cannot impersonate-on:arbitrary-node:list resource "pods"/);
  });

  test('does not extend to system:masters', async () => {
    const rules = [allow('*', group, '*'), allow('impersonate-on:user-info:list', 'core', 'pods')];
    assert.equal((await as(rules, { name: 'bob', groups: ['ops'] })).name, 'bob');
    await refusedWith(as(rules, { name: 'bob', groups: ['system:masters'] }), /impersonating the system:masters group is not allowed$/);
  });

  test('many groups may be allowed at once, by a star', async () => {
    const rules = [
      allow('impersonate:user-info', group, 'users'),
      allow('impersonate:user-info', group, 'groups', '*'),
      allow('impersonate-on:user-info:list', 'core', 'pods'),
    ];
    assert.equal((await as(rules, { name: 'bob', groups: ['a', 'b', 'c', 'd'] })).groups.length, 5);
    await assert.rejects(as(rules, { name: 'bob', groups: ['a', 'b', 'c'] }), { code: 403 });
  });

  test('an agent becomes the node its pod runs on, and no other', async () => {
    const rules = [allow('impersonate:associated-node', group, 'nodes', '*'), allow('impersonate-on:associated-node:list', 'core', 'pods')];
    const agent: User = { name: 'jane', groups: [], extra: { 'authentication.kubernetes.io/node-name': ['n1'] } };
    const account = { ...agent, name: 'system:serviceaccount:a:agent' };
    assert.deepEqual((await as(rules, { name: 'system:node:n1' }, account)).groups, ['system:nodes', 'system:authenticated']);
    await assert.rejects(as(rules, { name: 'system:node:n2' }, account), { code: 403 });
    await assert.rejects(as(rules, { name: 'system:node:n1' }, agent), { code: 403 });
  });
});

test('groups without a user are a bad request', async () => {
  const who = '&user.DefaultInfo{Name:"", UID:"", Groups:[]string{"a", "b"}, Extra:map[string][]string(nil)}';
  await refusedWith(as([], { groups: ['a', 'b'] }), `requested ${who} without impersonating a user name`);
});
