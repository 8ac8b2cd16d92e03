import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '../../../base/clock.ts';
import { ApiError } from '../../../api/errors.ts';
import type { ClusterRole } from '../../../api/generated/rbac/v1.ts';
import { staleAggregations } from '../../../api/rbac/aggregation.ts';
import { rulesFor } from '../rbac.ts';
import { RbacIndex, type RbacObject } from '../rbac-source.ts';
import { ruleAllows } from '../rules.ts';
import { aggregatedRole, aggregateTo, allow, clusterRole, clusterRoleBinding, users } from './notation.ts';
import { bootstrapPolicy } from './policy.ts';
import { ensurePolicy, policyChanges, type PolicyObject, type PolicyWriter } from './reconcile.ts';

const atOnce = { after: (_delayMs: number, fire: () => void) => (setImmediate(fire), () => {}) } as unknown as Clock;

function server() {
  const index = new RbacIndex();
  const written: string[] = [];
  const store = (operation: string) => async (object: PolicyObject) => {
    written.push(`${operation} ${object.kind} ${object.metadata.name}`);
    if (operation === 'delete') index.remove({ kind: object.kind, object } as RbacObject);
    else index.set({ kind: object.kind, object } as RbacObject);
  };
  const writer: PolicyWriter = { create: store('create'), update: store('update'), delete: store('delete') };
  return { index, writer, written, ensure: () => ensurePolicy(atOnce, index, writer, bootstrapPolicy) };
}

describe('the bootstrap policy', () => {
  test('is Kubernetes 1.36’s by number, and kubeadm’s', () => {
    const { clusterRoles, clusterRoleBindings, roles, roleBindings } = bootstrapPolicy;
    const ofKubeadm = (objects: readonly PolicyObject[]) => objects.filter(({ metadata }) => metadata.name?.startsWith('kubeadm:')).length;
    assert.deepEqual([clusterRoles.length - ofKubeadm(clusterRoles), ofKubeadm(clusterRoles)], [69, 1]);
    assert.deepEqual([clusterRoleBindings.length - ofKubeadm(clusterRoleBindings), ofKubeadm(clusterRoleBindings)], [50, 6]);
    assert.deepEqual([roles.length, roleBindings.length], [7, 7]);
    for (const objects of [clusterRoles, clusterRoleBindings]) {
      assert.equal(new Set(objects.map(({ metadata }) => metadata.name)).size, objects.length);
    }
  });

  test('is written once, aggregated roles with their rules, and then left alone', async () => {
    const { index, written, ensure } = server();
    await ensure();
    assert.equal(written.length, 69 + 1 + 50 + 6 + 7 + 7);
    assert.ok(written.every((line) => line.startsWith('create ')));
    const allowed = (role: string, verb: string, resource: string, group = '') =>
      index
        .clusterRole(role)!
        .rules!.some((rule) => ruleAllows(rule, { user: { name: '', groups: [] }, verb, resource: { group, version: '', resource } }));
    assert.equal(allowed('view', 'list', 'pods'), true);
    assert.equal(allowed('view', 'get', 'secrets'), false);
    assert.equal(allowed('edit', 'get', 'secrets'), true);
    assert.equal(allowed('edit', 'create', 'roles', 'rbac.authorization.k8s.io'), false);
    assert.equal(allowed('admin', 'create', 'roles', 'rbac.authorization.k8s.io'), true);
    assert.equal(allowed('admin', 'list', 'pods'), true);
    written.length = 0;
    await ensure();
    assert.deepEqual(written, []);
  });

  test('missing rules and subjects are added, what others added stays', async () => {
    const { index, written, ensure } = server();
    await ensure();
    const dns = index.clusterRole('system:kube-dns')!;
    index.set({ kind: 'ClusterRole', object: { ...dns, rules: [allow('get', 'core', 'nodes')] } });
    const binding = index.clusterRoleBinding('system:discovery')!;
    index.set({ kind: 'ClusterRoleBinding', object: { ...binding, subjects: users('eve') } });
    written.length = 0;
    await ensure();
    assert.deepEqual(written, ['update ClusterRole system:kube-dns', 'update ClusterRoleBinding system:discovery']);
    assert.deepEqual(index.clusterRole('system:kube-dns')!.rules![0], allow('get', 'core', 'nodes'));
    assert.deepEqual(rulesFor(index, { name: 'eve', groups: [] }, '').rules.length > 0, true);
    assert.equal(index.clusterRoleBinding('system:discovery')!.subjects!.length, 2);
  });

  test('a binding to another role is made anew; an object that says so is left alone', async () => {
    const { index, written, ensure } = server();
    await ensure();
    index.set({ kind: 'ClusterRoleBinding', object: clusterRoleBinding('system:basic-user', [], 'view') });
    const viewer = index.clusterRole('system:public-info-viewer')!;
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
    index.set({ kind: 'ClusterRole', object: { ...viewer, metadata: { ...viewer.metadata, annotations }, rules: [] } });
    written.length = 0;
    await ensure();
    assert.deepEqual(written, ['delete ClusterRoleBinding system:basic-user', 'create ClusterRoleBinding system:basic-user']);
  });

  test('ensurePolicy() tries again, takes an object that another server made, and gives up in the end', async () => {
    const { index, writer } = server();
    let calls = 0;
    const flaky: PolicyWriter = {
      ...writer,
      async create(object) {
        if (++calls % 3 === 0) throw new ApiError(503, 'ServiceUnavailable', 'not yet');
        if (calls % 5 === 0) throw new ApiError(409, 'AlreadyExists', 'there');
        await writer.create(object);
      },
    };
    await ensurePolicy(atOnce, index, flaky, bootstrapPolicy);
    const down: PolicyWriter = { ...writer, create: () => Promise.reject(new ApiError(500, 'InternalError', 'down')) };
    await assert.rejects(ensurePolicy(atOnce, new RbacIndex(), down, bootstrapPolicy), { message: 'unable to initialize roles' });
  });
});

describe('staleAggregations()', () => {
  test('gathers through several levels, in order of names, without doubles', () => {
    const roles: ClusterRole[] = [
      aggregatedRole('top', 'top'),
      aggregatedRole('middle', 'middle', aggregateTo('top')),
      clusterRole('b', [allow('get', 'core', 'pods')], aggregateTo('middle')),
      clusterRole('a', [allow('get', 'core', 'nodes'), allow('get', 'core', 'pods')], aggregateTo('middle')),
    ];
    const stale = staleAggregations(roles);
    assert.deepEqual(new Set(stale.map(({ metadata }) => metadata.name)), new Set(['middle', 'top']));
    for (const { rules } of stale) assert.deepEqual(rules, [allow('get', 'core', 'nodes'), allow('get', 'core', 'pods')]);
  });

  test('roles that aggregate each other end', () => {
    const stale = staleAggregations([
      aggregatedRole('a', 'a', aggregateTo('b')),
      aggregatedRole('b', 'b', aggregateTo('a')),
      clusterRole('c', [allow('get', 'core', 'pods')], aggregateTo('a')),
    ]);
    assert.equal(stale.length, 2);
  });

  test('a user’s own role becomes part of view', async () => {
    const { index, ensure } = server();
    await ensure();
    index.set({
      kind: 'ClusterRole',
      object: clusterRole('crontabs-view', [allow('get', 'stable.example.com', 'crontabs')], aggregateTo('view')),
    });
    assert.deepEqual(
      policyChanges(index, bootstrapPolicy)
        .map(({ operation, object }) => `${operation} ${object.metadata.name}`)
        .sort(),
      ['update admin', 'update edit', 'update view'],
    );
  });
});
