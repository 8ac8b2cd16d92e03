import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiCall, ResourceRef } from '../../api/call.ts';
import { attributesOf } from './attributes.ts';

const user = { name: 'jane', groups: [] };
const pods: ResourceRef = { group: '', version: 'v1', resource: 'pods', namespace: 'default' };

const of = (call: Partial<ApiCall> & Pick<ApiCall, 'verb'>) => attributesOf({ credentials: { by: 'nothing' }, ...call } as ApiCall, user);

test('a list of one name may be allowed by that name', () => {
  const { resource, fieldSelector } = of({
    verb: 'list',
    resource: pods,
    options: { fieldSelector: 'metadata.name=web,spec.nodeName=n1' },
  });
  assert.equal(resource?.name, 'web');
  assert.deepEqual(fieldSelector?.length, 2);
  assert.equal(of({ verb: 'watch', resource: pods, options: { fieldSelector: 'metadata.name!=web' } }).resource?.name, undefined);
  assert.equal(of({ verb: 'list', resource: pods, options: { fieldSelector: 'nonsense' } }).resource?.name, undefined);
});

test('streams are asked for by the method that opens them', () => {
  const exec = { ...pods, name: 'web', subresource: 'exec' };
  assert.equal(of({ verb: 'connect', method: 'POST', query: new Map(), resource: exec }).verb, 'create');
  assert.equal(of({ verb: 'connect', method: 'GET', query: new Map(), resource: exec }).verb, 'get');
});

test('a namespace is within itself', () => {
  const namespaces: ResourceRef = { group: '', version: 'v1', resource: 'namespaces', name: 'dev' };
  assert.equal(of({ verb: 'get', resource: namespaces }).resource?.namespace, 'dev');
  const { name: _, ...all } = namespaces;
  assert.equal(of({ verb: 'list', resource: all }).resource?.namespace, undefined);
});

test('paths keep method and path', () => {
  assert.deepEqual(of({ verb: 'get', path: '/version', query: new Map(), accept: [] }), { user, verb: 'get', path: '/version' });
});
