import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterRole } from '../../api/kinds/rbac/clusterrole.ts';
import { startVirtualControlPlane } from '../../cluster/virtual-control-plane.ts';

test('an aggregated role follows those it selects, through roles that are aggregated themselves', async () => {
  using plane = await startVirtualControlPlane();
  const rule = { apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] };
  const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
  await plane.client.create(ClusterRole, { metadata: { name: 'widgets', labels }, rules: [rule] });
  const has = async (name: string) =>
    (await plane.client.get(ClusterRole, { name })).rules?.some(({ resources }) => resources?.includes('widgets')) ?? false;
  await plane.clock.advance(500);
  // view is part of edit, and edit of admin.
  for (const name of ['view', 'edit', 'admin']) assert.equal(await has(name), true, name);
  assert.equal(await has('cluster-admin'), false);
  await plane.client.delete(ClusterRole, { name: 'widgets' });
  await plane.clock.advance(500);
  for (const name of ['view', 'edit', 'admin']) assert.equal(await has(name), false, name);
});
