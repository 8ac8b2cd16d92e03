/**
 * Objects in versions that Kubernetes no longer reads, as etcd still holds them: real clusters store
 * definitions of custom resources in v1beta1 to this day, and old clusters much more.
 */
type Json = Readonly<Record<string, unknown>>;

/** Stored versions whose objects have the very shape of a later version, by that version. */
const sameShape: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'policy/v1beta1': { 'policy/v1': ['PodDisruptionBudget'] },
  'batch/v1beta1': { 'batch/v1': ['CronJob'] },
  'coordination.k8s.io/v1beta1': { 'coordination.k8s.io/v1': ['Lease'] },
  'node.k8s.io/v1beta1': { 'node.k8s.io/v1': ['RuntimeClass'] },
  'scheduling.k8s.io/v1beta1': { 'scheduling.k8s.io/v1': ['PriorityClass'] },
  'networking.k8s.io/v1beta1': { 'networking.k8s.io/v1': ['IngressClass'] },
  'apiregistration.k8s.io/v1beta1': { 'apiregistration.k8s.io/v1': ['APIService'] },
  'autoscaling/v2beta2': { 'autoscaling/v2': ['HorizontalPodAutoscaler'] },
  'flowcontrol.apiserver.k8s.io/v1beta3': { 'flowcontrol.apiserver.k8s.io/v1': ['FlowSchema', 'PriorityLevelConfiguration'] },
  'rbac.authorization.k8s.io/v1beta1': {
    'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
  },
  'storage.k8s.io/v1beta1': {
    'storage.k8s.io/v1': ['StorageClass', 'CSIDriver', 'CSINode', 'CSIStorageCapacity', 'VolumeAttachment'],
  },
  'extensions/v1beta1': { 'networking.k8s.io/v1': ['NetworkPolicy'] },
};

/** The object in a version that is still read; itself where it is in one, or in none that is known here. */
export function modernized(object: Json): Json {
  const apiVersion = String(object['apiVersion']);
  const kind = String(object['kind']);
  if (kind === 'CustomResourceDefinition' && apiVersion === 'apiextensions.k8s.io/v1beta1') return definition(object);
  if (kind === 'Ingress' && (apiVersion === 'networking.k8s.io/v1beta1' || apiVersion === 'extensions/v1beta1')) return ingress(object);
  for (const [later, kinds] of Object.entries(sameShape[apiVersion] ?? {}))
    if (kinds.includes(kind)) return { ...object, apiVersion: later };
  return object;
}

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {});
const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(objectOf) : []);

/** Without members that are undefined. */
const present = (object: Json): Json => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** What v1beta1 says once for all versions, v1 says of each. Source: apiextensions v1beta1 conversion.go. */
function definition(object: Json): Json {
  const { version, versions, validation, subresources, additionalPrinterColumns, conversion, ...spec } = objectOf(object['spec']);
  const named = listOf(versions);
  const each = named.length > 0 ? named : [{ name: version, served: true, storage: true }];
  const keepsUnknown = spec['preserveUnknownFields'] !== false;
  return {
    ...object,
    apiVersion: 'apiextensions.k8s.io/v1',
    spec: present({
      ...spec,
      preserveUnknownFields: undefined,
      versions: each.map(({ additionalPrinterColumns: own, schema, ...one }) =>
        present({
          ...one,
          schema: schemaOf(schema ?? validation, keepsUnknown),
          subresources: one['subresources'] ?? subresources,
          additionalPrinterColumns: columns(own ?? additionalPrinterColumns),
        }),
      ),
      conversion: conversion === undefined ? undefined : conversionOf(objectOf(conversion)),
    }),
  };
}

/** v1 wants a schema of every version, and keeps unknown fields by a mark in it. */
function schemaOf(schema: unknown, keepsUnknown: boolean): Json {
  const root = objectOf(objectOf(schema)['openAPIV3Schema']);
  return { openAPIV3Schema: { type: 'object', ...root, ...(keepsUnknown && { 'x-kubernetes-preserve-unknown-fields': true }) } };
}

const columns = (list: unknown): Json[] | undefined =>
  list === undefined
    ? undefined
    : listOf(list).map(({ JSONPath: jsonPath, ...column }) => present({ ...column, jsonPath: column['jsonPath'] ?? jsonPath }));

function conversionOf({ strategy, webhookClientConfig, conversionReviewVersions }: Json): Json {
  if (webhookClientConfig === undefined) return { strategy: strategy ?? 'None' };
  return { strategy, webhook: { clientConfig: webhookClientConfig, conversionReviewVersions: conversionReviewVersions ?? ['v1beta1'] } };
}

/** Source: networking v1beta1 conversion.go. */
function ingress(object: Json): Json {
  const { backend, rules, ...spec } = objectOf(object['spec']);
  const paths = (list: unknown) =>
    listOf(list).map(({ backend: to, ...path }) => ({ pathType: 'ImplementationSpecific', ...path, backend: backendOf(to) }));
  return {
    ...object,
    apiVersion: 'networking.k8s.io/v1',
    spec: present({
      ...spec,
      defaultBackend: backend === undefined ? undefined : backendOf(backend),
      rules:
        rules === undefined
          ? undefined
          : listOf(rules).map(({ http, ...rule }) =>
              present({ ...rule, http: http === undefined ? undefined : { paths: paths(objectOf(http)['paths']) } }),
            ),
    }),
  };
}

function backendOf(backend: unknown): Json {
  const { serviceName, servicePort, resource } = objectOf(backend);
  if (resource !== undefined) return { resource };
  return { service: { name: serviceName, port: typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort } } };
}
