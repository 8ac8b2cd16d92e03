import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall, ApiResult } from '../../../api/call.ts';
import { clusterRole, role } from './notation.ts';
import { policyWriter } from './writer.ts';

test('the policy is written through the API, by the server itself', async () => {
  const calls: string[] = [];
  const writer = policyWriter(async (call: ApiCall) => {
    assert.ok('resource' in call && call.credentials.by === 'identity' && call.credentials.user.groups.includes('system:masters'));
    const { group, resource, namespace = '', name = '' } = call.resource;
    calls.push(`${call.verb} ${resource}.${group} ${namespace}/${name}`);
    return { type: 'bytes', code: 200, contentType: '', body: new Uint8Array(0) } satisfies ApiResult;
  });
  await writer.create(role('kube-system', 'r', []));
  await writer.update(clusterRole('c', []));
  await writer.delete(role('kube-public', 'r', []));
  assert.deepEqual(calls, [
    'create roles.rbac.authorization.k8s.io kube-system/',
    'update clusterroles.rbac.authorization.k8s.io /c',
    'delete roles.rbac.authorization.k8s.io kube-public/r',
  ]);
});
