import type { Draft } from '../../draft.ts';
import type { ServiceSpec, Service as ServiceType } from '../../generated/core/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { nameIsDns1123Label } from '../../validation/names.ts';
import { serviceColumns } from './service-columns.ts';
import { adoptAllocated, dropTypeDependentFields, normalizeClusterIps } from './service-update.ts';
import { isExternallyAccessible } from './service-needs.ts';
import { validateServiceStatus } from './service-status-validation.ts';
import { validateServiceUpdate } from './service-update-validation.ts';
import { validateService } from './service-validation.ts';
import { serviceWarnings } from './service-warnings.ts';

/** Three hours. */
const defaultAffinitySeconds = 10_800;

/**
 * Cluster addresses and node ports are given out by the API server between the `prepare` steps and
 * `validate`: see `service-needs.ts` and `service-ip-families.ts` for what a Service needs.
 */
export const Service = defineKind<ServiceType>({
  ...generatedKind('', 'v1', 'Service'),
  shortNames: ['svc'],
  categories: ['all'],
  selectableFields: {
    'spec.clusterIP': (service) => service.spec.clusterIP ?? '',
    'spec.type': (service) => service.spec.type ?? '',
  },
  columns: serviceColumns,
  strategy: {
    nameProblems: nameIsDns1123Label,
    createOnUpdate: true,
    generationFields: [],
    defaults: setServiceDefaults,
    prepareForCreate(service) {
      service.status = { loadBalancer: {} };
      normalizeClusterIps(service);
    },
    prepareForUpdate(service, old) {
      adoptAllocated(service, old);
      normalizeClusterIps(service, old);
      dropTypeDependentFields(service, old);
    },
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    validateStatusUpdate: validateServiceStatus,
    warnings: serviceWarnings,
  },
});

function setServiceDefaults(service: Draft<ServiceType>): void {
  const { spec } = service;
  spec.type ||= 'ClusterIP';
  setSessionAffinity(spec);
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  if (isExternallyAccessible(service)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  // Whatever the type: other types may have none, and a patch of the status is read without the spec.
  for (const ingress of service.status.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
}

function setSessionAffinity(spec: Draft<ServiceSpec>): void {
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: defaultAffinitySeconds } };
  }
}
