import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOf, nameOf, rangeOf, type KeySpace } from './keys.ts';

const pods: KeySpace = { prefix: '/registry/pods/', namespaced: true };
const roles: KeySpace = { prefix: '/registry/clusterroles/', namespaced: false };

test('keys are etcd’s own, and nameOf() reads them back', () => {
  assert.equal(keyOf(pods, 'default', 'web'), '/registry/pods/default/web');
  assert.deepEqual(nameOf(pods, '/registry/pods/default/web'), { namespace: 'default', name: 'web' });
  assert.equal(keyOf(roles, undefined, 'system:node'), '/registry/clusterroles/system:node');
  assert.deepEqual(nameOf(roles, '/registry/clusterroles/system:node'), { namespace: '', name: 'system:node' });
});

test('a name outside ASCII is its UTF-8 bytes in the key', () => {
  const key = keyOf(roles, undefined, 'rôle');
  assert.equal(key, '/registry/clusterroles/r\u00c3\u00b4le');
  assert.equal(nameOf(roles, key).name, 'rôle');
});

test('a namespace’s range ends where its keys end', () => {
  assert.deepEqual(rangeOf(pods, 'team'), { start: '/registry/pods/team/', end: '/registry/pods/team0' });
  assert.deepEqual(rangeOf(roles, undefined), { start: '/registry/clusterroles/', end: '/registry/clusterroles0' });
});
