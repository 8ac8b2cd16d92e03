import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStoredKey } from './stored-key.ts';

const shown = (key: string): string => {
  const parsed = parseStoredKey(key);
  return parsed ? `${parsed.resource} ${parsed.namespace} ${parsed.name}` : 'none';
};

test('keys tell resource, namespace and name, where etcd has them under other names too', () => {
  assert.equal(shown('/registry/pods/default/web'), 'pods default web');
  assert.equal(shown('/registry/minions/node-1'), 'nodes  node-1');
  assert.equal(shown('/registry/services/specs/default/kubernetes'), 'services default kubernetes');
  assert.equal(shown('/registry/services/endpoints/default/kubernetes'), 'endpoints default kubernetes');
  assert.equal(shown('/registry/ingress/shop/front'), 'ingresses shop front');
  assert.equal(shown('/registry/clusterroles/system:node'), 'clusterroles  system:node');
  assert.equal(shown('/registry/apiregistration.k8s.io/apiservices/v1.apps'), 'apiservices  v1.apps');
  assert.equal(shown('/registry/ranges/serviceips'), 'ranges  serviceips');
  assert.equal(shown('/kubernetes.io/pods/default/web'), 'pods default web');
});

test('custom resources have their group in the key', () => {
  assert.equal(shown('/registry/example.com/widgets/default/w'), 'widgets.example.com default w');
  assert.equal(shown('/registry/example.com/planets/mars'), 'planets.example.com  mars');
});

test('a name outside ASCII is read as UTF-8, and keys of others are no objects', () => {
  assert.equal(shown('/registry/clusterroles/r\u00c3\u00b4le'), 'clusterroles  rôle');
  for (const key of ['compact_rev_key', '/registry/health', '/registry/', 'a/b/c/d', '/registry/pods//x'])
    assert.equal(shown(key), 'none', key);
});
