import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources } from '../generated/resources.ts';
import type { Kind } from '../kind.ts';
import { storageKey } from '../kind.ts';
import { apiVersionOf } from '../meta.ts';
import { KindRegistry } from '../registry.ts';
import { parseRuntimeConfig } from '../runtime-config.ts';
import { allKinds } from './all.ts';

const nameOf = (kind: Pick<Kind, 'group' | 'version' | 'plural'>) => `${apiVersionOf(kind)}/${kind.plural}`;

test('every resource that Kubernetes publishes is declared, once', () => {
  assert.deepEqual(allKinds.map(nameOf).sort(), resources.map(nameOf).sort());
});

test('what is served by default is what a 1.36 cluster serves', () => {
  const served = new KindRegistry(allKinds);
  assert.deepEqual(served.groupVersions.map(apiVersionOf), [
    'v1',
    'apiregistration.k8s.io/v1',
    'apps/v1',
    'events.k8s.io/v1',
    'authentication.k8s.io/v1',
    'authorization.k8s.io/v1',
    'autoscaling/v2',
    'autoscaling/v1',
    'batch/v1',
    'certificates.k8s.io/v1',
    'networking.k8s.io/v1',
    'policy/v1',
    'rbac.authorization.k8s.io/v1',
    'storage.k8s.io/v1',
    'admissionregistration.k8s.io/v1',
    'apiextensions.k8s.io/v1',
    'scheduling.k8s.io/v1',
    'coordination.k8s.io/v1',
    'node.k8s.io/v1',
    'discovery.k8s.io/v1',
    'flowcontrol.apiserver.k8s.io/v1',
    'resource.k8s.io/v1',
  ]);
  assert.ok(served.kinds.every(({ version }) => !/alpha|beta/.test(version)));
});

test('kubectl get all lists the workloads', () => {
  const names = new KindRegistry(allKinds).inCategory('all').map(({ plural }) => plural);
  assert.deepEqual(names.sort(), [
    'cronjobs',
    'daemonsets',
    'deployments',
    'horizontalpodautoscalers',
    'jobs',
    'pods',
    'replicasets',
    'replicationcontrollers',
    'services',
    'statefulsets',
  ]);
});

test('short names are not taken twice', () => {
  const served = new KindRegistry(allKinds, parseRuntimeConfig('api/all=true'));
  const owners = new Map<string, Set<string>>();
  for (const { shortNames, group, plural } of served.kinds)
    for (const name of shortNames) owners.set(name, (owners.get(name) ?? new Set()).add(`${plural}.${group}`));
  const shared = [...owners].filter(([, kinds]) => kinds.size > 1).map(([name]) => name);
  assert.deepEqual(shared, ['ev'], 'both groups of events have ev');
});

test('a kind of several versions is stored in one of them', () => {
  const registry = new KindRegistry(allKinds, parseRuntimeConfig('api/all=true'));
  const byKey = Map.groupBy(registry.kinds, (kind) => storageKey(kind, 'default', 'x'));
  for (const [key, kinds] of byKey)
    assert.equal(new Set(kinds.map((kind) => nameOf(registry.storedAs(kind)))).size, 1, `${key}: ${kinds.map(nameOf).join(', ')}`);
});

test('every column has a heading, and the first is the name', () => {
  for (const kind of allKinds) {
    assert.ok(kind.columns.length > 0, nameOf(kind));
    assert.ok(
      kind.columns.some(({ format }) => format === 'name'),
      nameOf(kind),
    );
  }
});

test('kinds with replicas say where they stand', () => {
  for (const { scale, ...resource } of resources) {
    const kind = allKinds.find((one) => nameOf(one) === nameOf(resource))!;
    assert.equal(kind.subresources.scale !== undefined, scale, nameOf(kind));
    assert.equal(kind.subresources.status ?? false, resource.status, nameOf(kind));
  }
});
