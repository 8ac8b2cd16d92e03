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
    ['/api/v1/namespaces/a/pods/b%2Fc', { group: '', version: 'v1', resource: 'pods', namespace: 'a', name: 'b/c' }],
  ];
  for (const [path, resource] of cases) assert.deepEqual(resourceOf(path).resource, resource, path);
});

test('the deprecated watch prefix is told apart from a resource', () => {
  const { watch, resource } = resourceOf('/api/v1/watch/namespaces/a/pods');
  assert.deepEqual([watch, resource.resource, resource.namespace], [true, 'pods', 'a']);
});

test('what follows a proxy subresource is kept for whoever proxies', () => {
  assert.equal(resourceOf('/api/v1/namespaces/a/services/web:80/proxy/x/y').rest, 'x/y');
});

test('what is no resource is a path', () => {
  for (const path of ['/', '/version', '/healthz/etcd', '/api', '/apis', '/apis/apps', '/apis/apps/v1', '/api/v1'])
    assert.equal(parsePath(path)?.type, 'path', path);
});

test('broken percent-encoding is no path at all', () => {
  assert.equal(parsePath('/api/v1/pods/%zz'), undefined);
});

test('query parameters keep every value in order', () => {
  assert.deepEqual(
    parseQuery('a=1&b=x%20y&a=2&c'),
    new Map([
      ['a', ['1', '2']],
      ['b', ['x y']],
      ['c', ['']],
    ]),
  );
});
