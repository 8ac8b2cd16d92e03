import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { text } from '../../codec/bytes.ts';
import type { ApiResult, NonResourceCall } from '../../api/call.ts';
import { allKinds } from '../../api/kinds/all.ts';
import { KindRegistry } from '../../api/registry.ts';
import type { CallContext } from '../ports.ts';
import { discoveryPaths } from './paths.ts';

type Json = Record<string, unknown>;
type Bytes = Extract<ApiResult, { type: 'bytes' }>;

const registry = new KindRegistry(allKinds);
const handler = discoveryPaths(() => registry, { serverAddress: () => '10.0.0.1:6443' });
const aggregated = (version: string) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

function ask(path: string, accept: readonly string[] = [], verb: NonResourceCall['verb'] = 'get'): Bytes | undefined {
  const call: NonResourceCall = { verb, path, accept, query: new Map(), credentials: { by: 'nothing' } };
  return handler(call, {} as CallContext) as Bytes | undefined;
}
const bodyOf = (answer: Bytes | undefined) => JSON.parse(text(answer!.body as Uint8Array)) as Json;
const named = (list: unknown, name: string, key = 'name') => (list as Json[]).find((one) => one[key] === name);

describe('discovery', () => {
  test('/api names the version and the way to the server', () => {
    assert.deepEqual(bodyOf(ask('/api')), {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.1:6443' }],
    });
  });

  test('/api/v1 is equal to upstream where published, hashes of storage versions included', () => {
    const list = bodyOf(ask('/api/v1'));
    assert.deepEqual(Object.keys(list), ['kind', 'groupVersion', 'resources']);
    assert.deepEqual(named(list['resources'], 'pods'), {
      name: 'pods',
      singularName: 'pod',
      namespaced: true,
      kind: 'Pod',
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      shortNames: ['po'],
      categories: ['all'],
      storageVersionHash: 'xPOwRZ+Yhw8=',
    });
    const eviction = { name: 'pods/eviction', singularName: '', namespaced: true, group: 'policy', version: 'v1', kind: 'Eviction' };
    assert.deepEqual(named(list['resources'], 'pods/eviction'), { ...eviction, verbs: ['create'] });
    assert.equal(named(list['resources'], 'bindings')!['storageVersionHash'], undefined);
    assert.equal(named(list['resources'], 'events')!['storageVersionHash'], 'r2yiGXH7wu8=');
    const names = (list['resources'] as Json[]).map(({ name }) => name as string);
    assert.deepEqual(names.slice(names.indexOf('namespaces'), names.indexOf('nodes')), [
      'namespaces',
      'namespaces/finalize',
      'namespaces/status',
    ]);
  });

  test('/apis/apps/v1 tells that scale is another group’s', () => {
    const list = bodyOf(ask('/apis/apps/v1'));
    assert.equal(list['apiVersion'], 'v1');
    const scale = { singularName: '', namespaced: true, group: 'autoscaling', version: 'v1', kind: 'Scale' };
    assert.deepEqual(named(list['resources'], 'deployments/scale'), {
      name: 'deployments/scale',
      ...scale,
      verbs: ['get', 'patch', 'update'],
    });
  });

  test('/apis lists groups by priority and a group its versions by preference', () => {
    const { groups } = bodyOf(ask('/apis/')) as { groups: Json[] };
    assert.deepEqual(
      groups.slice(0, 2).map(({ name }) => name),
      ['apiregistration.k8s.io', 'apps'],
    );
    assert.deepEqual(bodyOf(ask('/apis/autoscaling')), {
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'autoscaling',
      versions: [
        { groupVersion: 'autoscaling/v2', version: 'v2' },
        { groupVersion: 'autoscaling/v1', version: 'v1' },
      ],
      preferredVersion: { groupVersion: 'autoscaling/v2', version: 'v2' },
    });
  });

  test('answers aggregated to whom asks for it, in the best version that is served', () => {
    const answer = ask('/apis', ['application/vnd.kubernetes.protobuf;g=x', aggregated('v9'), aggregated('v2'), 'application/json']);
    assert.equal(answer!.contentType, aggregated('v2'));
    const document = bodyOf(answer) as { items: Json[]; apiVersion: string };
    assert.equal(document.apiVersion, 'apidiscovery.k8s.io/v2');
    const apps = document.items.find(({ metadata }) => (metadata as Json)['name'] === 'apps') as { versions: Json[] } & Json;
    const deployments = named(apps.versions[0]!['resources'], 'deployments', 'resource') as Json;
    assert.deepEqual(deployments['responseKind'], { group: '', version: '', kind: 'Deployment' });
    assert.deepEqual(named(deployments['subresources'], 'scale', 'subresource'), {
      subresource: 'scale',
      responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: ['get', 'patch', 'update'],
    });
    assert.equal(bodyOf(ask('/api', [aggregated('v2beta1')]))['apiVersion'], 'apidiscovery.k8s.io/v2beta1');
  });

  test('an aggregated document keeps its ETag while the kinds are the same', () => {
    const one = ask('/apis', [aggregated('v2')])!;
    assert.match(one.etag!, /^"[0-9A-F]{64}"$/);
    assert.equal(ask('/apis', [aggregated('v2')]), one);
    const fewer = discoveryPaths(() => new KindRegistry(allKinds.filter(({ group }) => group === 'apps')));
    const call: NonResourceCall = {
      verb: 'get',
      path: '/apis',
      accept: [aggregated('v2')],
      query: new Map(),
      credentials: { by: 'nothing' },
    };
    assert.notEqual((fewer(call, {} as CallContext) as Bytes).etag, one.etag);
  });

  test('what is not served is not found, and what is no discovery is left alone', () => {
    assert.equal(ask('/apis/nothing.io')!.code, 404);
    assert.equal(text(ask('/apis/apps/v9')!.body as Uint8Array), '404 page not found\n');
    assert.equal(ask('/apispace'), undefined);
    assert.equal(ask('/apis', [], 'post'), undefined);
  });
});
