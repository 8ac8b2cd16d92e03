import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modernized } from './old-versions.ts';

test('a definition in v1beta1 says of each version what it said once for all', () => {
  const old = {
    apiVersion: 'apiextensions.k8s.io/v1beta1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      preserveUnknownFields: false,
      validation: { openAPIV3Schema: { properties: { spec: { type: 'object' } } } },
      subresources: { status: {} },
      additionalPrinterColumns: [{ name: 'Size', type: 'integer', JSONPath: '.spec.size' }],
      version: 'v1',
      versions: [
        { name: 'v1', served: true, storage: true },
        { name: 'v2', served: true, storage: false },
      ],
      conversion: { strategy: 'Webhook', webhookClientConfig: { url: 'https://a' } },
    },
  };
  const each = {
    served: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } },
    subresources: { status: {} },
    additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
  };
  assert.deepEqual(modernized(old), {
    ...old,
    apiVersion: 'apiextensions.k8s.io/v1',
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [
        { name: 'v1', storage: true, ...each },
        { name: 'v2', storage: false, ...each },
      ],
      conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://a' }, conversionReviewVersions: ['v1beta1'] } },
    },
  });
});

test('a definition without a list of versions has the one it names, and keeps unknown fields as it did', () => {
  const spec = { group: 'g.io', scope: 'Cluster', names: { plural: 'as', kind: 'A' }, version: 'v1alpha1' };
  const { spec: modern } = modernized({ apiVersion: 'apiextensions.k8s.io/v1beta1', kind: 'CustomResourceDefinition', spec }) as {
    spec: { versions: unknown };
  };
  assert.deepEqual(modern.versions, [
    {
      name: 'v1alpha1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  ]);
});

test('an ingress in v1beta1 names its services in today’s way', () => {
  const rules = [{ host: 'a.b', http: { paths: [{ path: '/', backend: { serviceName: 's', servicePort: 80 } }] } }];
  const spec = { backend: { serviceName: 'd', servicePort: 'web' }, rules };
  for (const apiVersion of ['extensions/v1beta1', 'networking.k8s.io/v1beta1'])
    assert.deepEqual(modernized({ apiVersion, kind: 'Ingress', spec }), {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      spec: {
        defaultBackend: { service: { name: 'd', port: { name: 'web' } } },
        rules: [
          {
            host: 'a.b',
            http: {
              paths: [{ path: '/', pathType: 'ImplementationSpecific', backend: { service: { name: 's', port: { number: 80 } } } }],
            },
          },
        ],
      },
    });
});

test('what has today’s shape only changes its version, and what is read today stays', () => {
  assert.equal(modernized({ apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget' })['apiVersion'], 'policy/v1');
  assert.equal(modernized({ apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy' })['apiVersion'], 'policy/v1beta1');
  const pod = { apiVersion: 'v1', kind: 'Pod' };
  assert.equal(modernized(pod), pod);
});
