import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePath, parseQuery } from './path.ts';

const resourceOf = (path: string) => {
  const target = parsePath(path);
  assert.equal(target?.type, 'resource', path);
  return target?.type === 'resource' ? target : assert.fail();
};

test('paths name group, version, namespace, resource, name and subresource', () => {
  const cases: [string, object][] = [
    ['/api/v1/pods', { group: '', version: 'v1', resource: 'pods' }],
    ['/api/v1/namespaces', { group: '', version: 'v1', resource: 'namespaces' }],
    ['/api/v1/namespaces/a', { group: '', version: 'v1', resource: 'namespaces', name: 'a' }],
    ['/api/v1/namespaces/a/finalize', { group: '', version: 'v1', resource: 'namespaces', name: 'a', subresource: 'finalize' }],
    ['/api/v1/namespaces/a/pods', { group: '', version: 'v1', resource: 'pods', namespace: 'a' }],
    ['/api/v1/namespaces/a/pods/b', { group: '', version: 'v1', resource: 'pods', namespace: 'a', name: 'b' }],
    [
      '/apis/apps/v1/namespaces/a/deployments/b/scale',
      { group: 'apps', version: 'v1', resource: 'deployments', namespace: 'a', name: 'b', subresource: 'scale' },
    ],
    [
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node',
      { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles', name: 'system:node' },
    ],
    // Upstream decodes before it splits.
    ['/api/v1/namespaces/a/pods/b%2Flog', { group: '', version: 'v1', resource: 'pods', namespace: 'a', name: 'b', subresource: 'log' }],
    ['/api/v1/pods//', { group: '', version: 'v1', resource: 'pods' }],
    ['/api/v1/namespaces/status', { group: '', version: 'v1', resource: 'namespaces', name: 'status' }],
    ['/api/v1/../pods', { group: '', version: 'v1', resource: '..', name: 'pods' }],
    ['/api/v1/watch', { group: '', version: 'v1', resource: 'watch' }],
  ];
  for (const [path, resource] of cases) assert.deepEqual(resourceOf(path).resource, resource, path);
});

test('the deprecated watch prefix is told apart from a resource', () => {
  const { watch, resource } = resourceOf('/api/v1/watch/namespaces/a/pods');
  assert.deepEqual([watch, resource.resource, resource.namespace], [true, 'pods', 'a']);
});

test('what follows a proxy subresource is kept for whoever proxies', () => {
  const restOf = (tail: string) => resourceOf(`/api/v1/namespaces/a/services/web:80/proxy${tail}`).rest;
  assert.deepEqual(['', '/', '/x/y', '/x/'].map(restOf), [undefined, '/', '/x/y', '/x/']);
});

test('what is no resource is a path', () => {
  for (const path of [
    '/',
    '/version',
    '/healthz/etcd',
    '/api',
    '/apis',
    '/apis/apps',
    '/apis/apps/v1',
    '/api/v1',
    '//api/v1/pods',
    '/api//v1/pods',
    '/api/v1//pods',
    '',
    '//',
  ])
    assert.equal(parsePath(path)?.type, 'path', path);
});

test('broken percent-encoding is no path at all', () => {
  for (const path of ['/api/v1/pods/%zz', '/%', '/a%2']) assert.equal(parsePath(path), undefined, path);
  assert.deepEqual(parsePath('/%ff'), { type: 'path', path: '/\ufffd' });
});

test('query parameters keep every value in order', () => {
  assert.deepEqual(
    parseQuery('a=1&b=x%20y+z&a=2&c&&broken=%zz&d;e=1'),
    new Map([
      ['a', ['1', '2']],
      ['b', ['x y z']],
      ['c', ['']],
    ]),
  );
});
