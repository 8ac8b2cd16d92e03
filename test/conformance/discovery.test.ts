import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conformance, until } from './bed.ts';
import { establish } from './custom-resource.ts';

interface GroupVersionName {
  readonly groupVersion: string;
  readonly version: string;
}
interface GroupDocument {
  readonly name: string;
  readonly versions: readonly GroupVersionName[];
  readonly preferredVersion: GroupVersionName;
}
interface Aggregated {
  readonly kind: string;
  readonly apiVersion: string;
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly versions: readonly {
      readonly version: string;
      readonly freshness: string;
      readonly resources: readonly {
        readonly resource: string;
        readonly scope: string;
        readonly verbs: readonly string[];
        readonly responseKind: { readonly kind: string };
      }[];
    }[];
  }[];
}

const aggregated = (version: string) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

conformance('discovery', (bed) => {
  const groups = async () => (await bed.json('/apis'))['groups'] as unknown as GroupDocument[];
  const discover = async (path: string) => (await bed.json(path, { accept: aggregated('v2') })) as unknown as Aggregated;

  test('[sig-api-machinery] Discovery should validate PreferredVersion for each APIGroup [Conformance]', async () => {
    for (const group of await groups()) {
      const { preferredVersion, versions } = (await bed.json(`/apis/${group.name}`)) as unknown as GroupDocument;
      assert.deepEqual(preferredVersion, group.preferredVersion);
      assert.equal(preferredVersion.groupVersion, `${group.name}/${preferredVersion.version}`);
      assert.ok(versions.some(({ groupVersion }) => groupVersion === preferredVersion.groupVersion));
      for (const { groupVersion } of versions) assert.ok(groupVersion.startsWith(`${group.name}/`));
    }
  });

  test('[sig-api-machinery] Discovery should locate the groupVersion and a resource within each APIGroup [Conformance]', async () => {
    const expected: [path: string, group: string, resource: string][] = [
      ['/api/v1', 'v1', 'namespaces'],
      ['/apis/admissionregistration.k8s.io/v1', 'admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations'],
      ['/apis/apiextensions.k8s.io/v1', 'apiextensions.k8s.io/v1', 'customresourcedefinitions'],
      ['/apis/apiregistration.k8s.io/v1', 'apiregistration.k8s.io/v1', 'apiservices'],
      ['/apis/apps/v1', 'apps/v1', 'deployments'],
      ['/apis/authentication.k8s.io/v1', 'authentication.k8s.io/v1', 'tokenreviews'],
      ['/apis/authorization.k8s.io/v1', 'authorization.k8s.io/v1', 'selfsubjectaccessreviews'],
      ['/apis/autoscaling/v1', 'autoscaling/v1', 'horizontalpodautoscalers'],
      ['/apis/autoscaling/v2', 'autoscaling/v2', 'horizontalpodautoscalers'],
      ['/apis/batch/v1', 'batch/v1', 'jobs'],
      ['/apis/certificates.k8s.io/v1', 'certificates.k8s.io/v1', 'certificatesigningrequests'],
      ['/apis/coordination.k8s.io/v1', 'coordination.k8s.io/v1', 'leases'],
      ['/apis/discovery.k8s.io/v1', 'discovery.k8s.io/v1', 'endpointslices'],
      ['/apis/events.k8s.io/v1', 'events.k8s.io/v1', 'events'],
      ['/apis/networking.k8s.io/v1', 'networking.k8s.io/v1', 'ingresses'],
      ['/apis/node.k8s.io/v1', 'node.k8s.io/v1', 'runtimeclasses'],
      ['/apis/policy/v1', 'policy/v1', 'poddisruptionbudgets'],
      ['/apis/scheduling.k8s.io/v1', 'scheduling.k8s.io/v1', 'priorityclasses'],
      ['/apis/storage.k8s.io/v1', 'storage.k8s.io/v1', 'csinodes'],
    ];
    for (const [path, groupVersion, resource] of expected) {
      const document = (await bed.json(path)) as unknown as { groupVersion: string; resources: { name: string; verbs: string[] }[] };
      assert.equal(document.groupVersion, groupVersion);
      const found = document.resources.find(({ name }) => name === resource);
      assert.ok(found, `${resource} in ${path}`);
      assert.ok(found.verbs.length > 0);
    }
  });

  test('[sig-api-machinery] AggregatedDiscovery should support aggregated discovery interface [Conformance]', async () => {
    const legacy = await discover('/api');
    const all = await discover('/apis');
    assert.deepEqual([legacy.kind, legacy.apiVersion], ['APIGroupDiscoveryList', 'apidiscovery.k8s.io/v2']);
    const pods = legacy.items[0]!.versions[0]!.resources.find(({ resource }) => resource === 'pods')!;
    assert.deepEqual([pods.scope, pods.responseKind.kind], ['Namespaced', 'Pod']);
    // Both forms say the same.
    for (const group of await groups()) {
      const same = all.items.find(({ metadata }) => metadata.name === group.name)!;
      assert.deepEqual(
        same.versions.map(({ version }) => version),
        group.versions.map(({ version }) => version),
      );
      for (const { version, freshness, resources } of same.versions) {
        assert.equal(freshness, 'Current');
        const plain = (await bed.json(`/apis/${group.name}/${version}`))['resources'] as unknown as { name: string }[];
        assert.deepEqual(
          resources.map(({ resource }) => resource).toSorted(),
          plain
            .map(({ name }) => name)
            .filter((name) => !name.includes('/'))
            .toSorted(),
        );
      }
    }
  });

  test('[sig-api-machinery] AggregatedDiscovery should support raw aggregated discovery endpoint Accept headers [Conformance]', async () => {
    for (const path of ['/api', '/apis'])
      for (const version of ['v2', 'v2beta1']) {
        const { code, json, contentType } = await bed.request('GET', path, { accept: aggregated(version) });
        if (version === 'v2beta1' && code !== 200) continue;
        assert.equal(code, 200);
        assert.equal(json?.['apiVersion'], `apidiscovery.k8s.io/${version}`);
        assert.equal(contentType, aggregated(version));
      }
    const plain = await bed.request('GET', '/apis', { accept: 'application/json' });
    assert.equal(plain.json?.['kind'], 'APIGroupList');
    const both = await bed.request('GET', '/apis', { accept: `${aggregated('v9')},application/json` });
    assert.equal(both.json?.['kind'], 'APIGroupList', 'what is not known is passed over');
  });

  test('[sig-api-machinery] AggregatedDiscovery should support aggregated discovery interface for CRDs [Conformance]', async () => {
    await establish(bed, { group: 'discovered.example.com', plural: 'foos', kind: 'Foo' });
    const found = await until(async () => findCustom(await discover('/apis')));
    assert.deepEqual([found.scope, found.responseKind.kind], ['Namespaced', 'Foo']);
    assert.deepEqual(found.verbs.toSorted(), ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']);
  });

  test('[sig-api-machinery] AggregatedDiscovery should support raw aggregated discovery request for CRDs [Conformance]', async () => {
    await establish(bed, { group: 'raw.example.com', plural: 'foos', kind: 'Foo' });
    const items = await until(async () => {
      const { items } = await discover('/apis');
      return items.find(({ metadata }) => metadata.name === 'raw.example.com');
    });
    assert.deepEqual(
      items.versions.map(({ version, resources }) => [version, resources.map(({ resource }) => resource)]),
      [['v1', ['foos']]],
    );
  });

  test('[sig-api-machinery] server version should find the server version [Conformance]', async () => {
    const version = (await bed.json('/version')) as unknown as { major: string; minor: string; gitVersion: string };
    assert.match(version.major, /^\d+$/);
    assert.match(version.minor, /^\d+\+?$/);
    assert.ok(version.gitVersion.startsWith(`v${version.major}.${version.minor}`));
  });
});

const findCustom = ({ items }: Aggregated) =>
  items
    .find(({ metadata }) => metadata.name === 'discovered.example.com')
    ?.versions.find(({ version }) => version === 'v1')
    ?.resources.find(({ resource }) => resource === 'foos');
