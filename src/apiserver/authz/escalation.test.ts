import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { User } from '../../api/call.ts';
import type { ApiError } from '../../api/errors.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/generated/rbac/v1.ts';
import type { Kind } from '../../api/kind.ts';
import type { AdmissionRequest } from '../ports.ts';
import { aggregatedRole, allow, allowPaths, clusterRole, clusterRoleBinding, role, roleBinding, users } from './bootstrap/notation.ts';
import { rbacEscalation } from './escalation.ts';
import { rbacAuthorizer } from './rbac.ts';
import { RbacIndex, type RbacObject } from './rbac-source.ts';

type RbacKind = ClusterRole | Role | ClusterRoleBinding | RoleBinding;

const jane: User = { name: 'jane', groups: ['dev', 'system:authenticated'] };

function refusal(existing: readonly RbacKind[], object: RbacKind, more: Partial<AdmissionRequest> = {}): Promise<ApiError | undefined> {
  const index = new RbacIndex();
  for (const one of existing) index.set({ kind: one.kind, object: one } as RbacObject);
  const plugin = rbacEscalation(index, rbacAuthorizer(index));
  const { name = '', namespace } = object.metadata;
  const kind = { group: 'rbac.authorization.k8s.io', plural: `${object.kind!.toLowerCase()}s` } as Kind;
  const request = { user: jane, kind, operation: 'CREATE', name, namespace, object, ...more } as unknown as AdmissionRequest;
  return Promise.resolve(plugin.validate!(request)).then(
    () => undefined,
    (error: ApiError) => error,
  );
}

const can = (...rules: ClusterRole['rules'] & {}) => [clusterRole('janes', rules), clusterRoleBinding('janes', users('jane'))];

describe('RBACEscalation of roles', () => {
  test('refuses rights that the writer lacks, in Kubernetes’ words', async () => {
    const error = await refusal(can(allow('get', 'core', 'pods')), role('default', 'r', [allow('get list', 'core', 'pods secrets')]));
    assert.equal(
      error?.message,
      [
        'roles.rbac.authorization.k8s.io "r" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:',
        '{APIGroups:[""], Resources:["pods"], Verbs:["list"]}',
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
      ].join('\n'),
    );
    assert.equal(error?.code, 403);
  });

  test('allows what the writer has, and all to who may escalate or is of system:masters', async () => {
    const wanted = clusterRole('r', [allow('delete', 'core', 'nodes')]);
    assert.equal(await refusal(can(allow('*', '*', '*')), wanted), undefined);
    assert.equal(await refusal(can(allow('escalate', 'rbac.authorization.k8s.io', 'clusterroles', 'r')), wanted), undefined);
    assert.equal(await refusal([], wanted, { user: { name: 'root', groups: ['system:masters'] } }), undefined);
    assert.equal((await refusal(can(allow('escalate', 'rbac.authorization.k8s.io', 'roles')), wanted))?.code, 403);
  });

  test('an aggregated role needs every right there is, also to become one no more', async () => {
    const much = can(allow('get list create update delete', '*', '*'));
    const aggregated = aggregatedRole('r', 'anything');
    const sentence =
      'clusterroles.rbac.authorization.k8s.io "r" is forbidden: must have cluster-admin privileges to use the aggregationRule';
    assert.equal((await refusal(much, aggregated))?.message, sentence);
    assert.equal((await refusal(much, clusterRole('r', []), { operation: 'UPDATE', old: aggregated }))?.message, sentence);
    assert.equal(await refusal(can(allow('*', '*', '*'), allowPaths('*', '*')), aggregated), undefined);
  });

  test('who only takes finalizers and owners away is not asked for rights', async () => {
    const old = role('default', 'r', [allow('*', '*', '*')]);
    const held = { ...old, metadata: { ...old.metadata, finalizers: ['x/y'] } };
    assert.equal(await refusal([], old, { operation: 'UPDATE', old: held }), undefined);
    const changed = { ...old, metadata: { ...old.metadata, labels: { a: 'b' } } };
    assert.equal((await refusal([], changed, { operation: 'UPDATE', old: held }))?.code, 403);
  });
});

describe('RBACEscalation of bindings', () => {
  const powerful = clusterRole('powerful', [allow('*', 'core', 'secrets')]);

  test('refuses to bind a role with rights that the writer lacks', async () => {
    const error = await refusal([powerful], roleBinding('default', 'b', users('jane'), 'x'));
    assert.equal(error?.code, 404);
    const binding = clusterRoleBinding('b', users('jane'), 'powerful');
    const message = (await refusal([powerful], binding))?.message ?? '';
    assert.match(message, /^clusterrolebindings\.rbac\.authorization\.k8s\.io "b" is forbidden: user "jane" \(groups=/);
    assert.match(message, /\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["\*"\]\}$/);
  });

  test('allows it to who has the rights, or may bind the role there', async () => {
    const binding = clusterRoleBinding('b', users('jane'), 'powerful');
    assert.equal(await refusal([powerful, ...can(allow('*', '*', '*'))], binding), undefined);
    const mayBind = allow('bind', 'rbac.authorization.k8s.io', 'clusterroles', 'powerful');
    assert.equal(await refusal([powerful, ...can(mayBind)], binding), undefined);
    assert.equal((await refusal([powerful, ...can({ ...mayBind, resourceNames: ['view'] })], binding))?.code, 403);
  });

  test('a right in one namespace is enough to bind there, and not elsewhere', async () => {
    const here = [powerful, role('a', 'm', [allow('*', 'core', 'secrets')]), roleBinding('a', 'm', users('jane'))];
    const binding = (namespace: string): RoleBinding => ({
      ...roleBinding(namespace, 'b', users('jane')),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'powerful' },
    });
    assert.equal(await refusal(here, binding('a')), undefined);
    assert.equal((await refusal(here, binding('b')))?.code, 403);
  });

  test('binding a role that is not there is a 404 with its name', async () => {
    const error = await refusal([], clusterRoleBinding('b', users('jane'), 'gone'));
    assert.equal(error?.message, 'clusterrole.rbac.authorization.k8s.io "gone" not found');
    assert.equal(error?.reason, 'NotFound');
  });
});
