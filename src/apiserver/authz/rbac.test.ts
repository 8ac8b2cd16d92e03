import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { User } from '../../api/call.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/generated/rbac/v1.ts';
import type { Attributes, Decision } from '../ports.ts';
import { allow, allowPaths, clusterRole, clusterRoleBinding, groups, role, roleBinding, users } from './bootstrap/notation.ts';
import { forbiddenError, forbiddenMessage } from './forbidden.ts';
import { alwaysDeny, authorizerOf, mastersAuthorizer } from './modes.ts';
import { rbacAuthorizer, rulesFor } from './rbac.ts';
import { RbacIndex, type RbacObject } from './rbac-source.ts';

const jane: User = { name: 'jane', groups: ['dev'] };

function indexOf(...objects: readonly (ClusterRole | Role | ClusterRoleBinding | RoleBinding)[]): RbacIndex {
  const index = new RbacIndex();
  for (const object of objects) index.set({ kind: object.kind, object } as RbacObject);
  return index;
}

const listPods = (namespace: string | undefined, user = jane): Attributes => ({
  user,
  verb: 'list',
  resource: { group: '', version: 'v1', resource: 'pods', namespace },
});

const decide = (index: RbacIndex, attributes: Attributes) => rbacAuthorizer(index).authorize(attributes) as Decision;

describe('the RBAC authorizer', () => {
  test('a ClusterRoleBinding allows everywhere, and says which', () => {
    const index = indexOf(clusterRole('reader', [allow('list', 'core', 'pods')]), clusterRoleBinding('readers', groups('dev'), 'reader'));
    const reason = 'RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "reader" to Group "dev"';
    assert.deepEqual(decide(index, listPods(undefined)), { verdict: 'allow', reason });
    assert.deepEqual(decide(index, listPods('default')), { verdict: 'allow', reason });
  });

  test('a RoleBinding allows in its namespace alone, with a Role or a ClusterRole', () => {
    const index = indexOf(
      role('default', 'reader', [allow('list', 'core', 'pods')]),
      roleBinding('default', 'readers', users('jane'), 'reader'),
    );
    assert.deepEqual(decide(index, listPods('default')), {
      verdict: 'allow',
      reason: 'RBAC: allowed by RoleBinding "readers/default" of Role "reader" to User "jane"',
    });
    assert.deepEqual(decide(index, listPods('other')), { verdict: 'no-opinion', reason: '' });
    assert.deepEqual(decide(index, listPods(undefined)), { verdict: 'no-opinion', reason: '' });
  });

  test('a ServiceAccount is meant in its own namespace, or in the binding’s where it names none', () => {
    const account = (namespace: string): User => ({ name: `system:serviceaccount:${namespace}:bot`, groups: [] });
    const subjects = [{ kind: 'ServiceAccount', name: 'bot' }];
    const index = indexOf(role('ci', 'reader', [allow('list', 'core', 'pods')]), roleBinding('ci', 'readers', subjects, 'reader'));
    assert.equal(decide(index, listPods('ci', account('ci'))).reason.endsWith('to ServiceAccount "bot/ci"'), true);
    assert.equal(decide(index, listPods('ci', account('other'))).verdict, 'no-opinion');
    const without = indexOf(clusterRole('reader', [allow('list', 'core', 'pods')]), clusterRoleBinding('reader', subjects));
    assert.equal(decide(without, listPods('ci', account('ci'))).verdict, 'no-opinion');
  });

  test('roles that bindings name and that are not there are told', () => {
    const index = indexOf(clusterRoleBinding('a', users('jane'), 'gone'), roleBinding('default', 'b', users('jane'), 'lost'));
    const one = 'clusterrole.rbac.authorization.k8s.io "gone" not found';
    assert.equal(decide(index, listPods(undefined)).reason, `RBAC: ${one}`);
    const both = `[${one}, role.rbac.authorization.k8s.io "lost" not found]`;
    assert.equal(decide(index, listPods('default')).reason, `RBAC: ${both}`);
    assert.deepEqual(rulesFor(index, jane, 'default').errors.length, 2);
  });

  test('the index follows changes of subjects and deletions', () => {
    const reader = clusterRole('reader', [allow('list', 'core', 'pods')]);
    const index = indexOf(reader, clusterRoleBinding('reader', users('jane')));
    index.set({ kind: 'ClusterRoleBinding', object: clusterRoleBinding('reader', users('john')) });
    assert.equal(decide(index, listPods('default')).verdict, 'no-opinion');
    assert.equal(decide(index, listPods('default', { name: 'john', groups: [] })).verdict, 'allow');
    index.remove({ kind: 'ClusterRole', object: reader });
    assert.equal(decide(index, listPods('default', { name: 'john', groups: [] })).verdict, 'no-opinion');
    const binding = roleBinding('default', 'r', users('jane'));
    index.set({ kind: 'RoleBinding', object: binding });
    index.remove({ kind: 'RoleBinding', object: binding });
    assert.deepEqual([...index.roleBindingsOf(jane, 'default')], []);
    assert.equal(index.roleBinding('default', 'r'), undefined);
  });

  test('paths are allowed by cluster roles', () => {
    const index = indexOf(clusterRole('m', [allowPaths('get', '/metrics')]), clusterRoleBinding('m', users('jane')));
    assert.equal(decide(index, { user: jane, verb: 'get', path: '/metrics' }).verdict, 'allow');
    assert.equal(decide(index, { user: jane, verb: 'post', path: '/metrics' }).verdict, 'no-opinion');
  });
});

describe('authorizerOf()', () => {
  test('lets system:masters through before all modes', async () => {
    const authorizer = authorizerOf(['AlwaysDeny'], new Map());
    assert.equal((await authorizer.authorize(listPods('x', { name: 'root', groups: ['system:masters'] }))).verdict, 'allow');
    assert.deepEqual(await authorizer.authorize(listPods('x')), { verdict: 'no-opinion', reason: 'Everything is forbidden.' });
    assert.equal((mastersAuthorizer.authorize(listPods('x')) as Decision).verdict, 'no-opinion');
  });

  test('tells the reasons of all that had no opinion, and refuses unknown modes', async () => {
    const opinionless = { name: 'Other', authorize: (): Decision => ({ verdict: 'no-opinion', reason: 'no idea' }) };
    const authorizer = authorizerOf(['Other', 'AlwaysDeny'], new Map([['Other', opinionless]]));
    assert.equal((await authorizer.authorize(listPods('x'))).reason, 'no idea\nEverything is forbidden.');
    assert.throws(() => authorizerOf(['ABAC'], new Map()), /authorization-mode "ABAC" is not a valid mode/);
    assert.equal(alwaysDeny.name, 'AlwaysDeny');
  });
});

describe('forbiddenMessage()', () => {
  test('in a namespace, over the cluster, of a subresource and of a path', () => {
    const base = { user: jane, verb: 'get' };
    assert.equal(
      forbiddenMessage(listPods('default')),
      'User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    assert.equal(forbiddenMessage(listPods(undefined)), 'User "jane" cannot list resource "pods" in API group "" at the cluster scope');
    assert.equal(
      forbiddenMessage({
        ...base,
        resource: { group: 'apps', version: 'v1', resource: 'deployments', subresource: 'scale', namespace: 'a' },
      }),
      'User "jane" cannot get resource "deployments/scale" in API group "apps" in the namespace "a"',
    );
    assert.equal(forbiddenMessage({ ...base, path: '/metrics' }), 'User "jane" cannot get path "/metrics"');
  });

  test('becomes a 403 that names the object, and gives no browser markup', () => {
    const named = forbiddenError({ ...listPods('default'), resource: { ...listPods('default').resource!, name: 'web' } }, 'RBAC: why');
    assert.equal(
      named.message,
      'pods "web" is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default": RBAC: why',
    );
    assert.deepEqual([named.code, named.reason, named.details], [403, 'Forbidden', { name: 'web', kind: 'pods' }]);
    const path = forbiddenError({ user: { name: '<b>', groups: [] }, verb: 'get', path: '/' }, '');
    assert.equal(path.message, 'forbidden: User "&lt;b&gt;" cannot get path "/"');
  });
});
