import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { Service, ServiceSpec } from '../../generated/core/v1.ts';
import { validateOptionalSupported, validateRequiredSupported } from '../../validation/field-checks.ts';
import { portNumber } from '../../validation/names.ts';
import { isExternallyAccessible, needsHealthCheckNodePort } from './service-needs.ts';

const affinities = ['ClientIP', 'None'];
/** A day. */
const maxAffinitySeconds = 86_400;
const trafficPolicies = ['Cluster', 'Local'];
const trafficDistributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];

export function validateAffinity({ sessionAffinity, sessionAffinityConfig }: ServiceSpec): FieldError[] {
  if (!sessionAffinity) return [required('spec.sessionAffinity')];
  const path = 'spec.sessionAffinityConfig';
  switch (sessionAffinity) {
    case 'ClientIP':
      return validateClientIpConfig(sessionAffinityConfig, path);
    case 'None':
      return sessionAffinityConfig ? [forbidden(path, 'must not be set when session affinity is None')] : [];
    default:
      return [notSupported('spec.sessionAffinity', sessionAffinity, affinities)];
  }
}

function validateClientIpConfig(config: ServiceSpec['sessionAffinityConfig'], path: string): FieldError[] {
  const needed = 'when session affinity type is ClientIP';
  if (!config) return [required(path, needed)];
  if (!config.clientIP) return [required(`${path}.clientIP`, needed)];
  const { timeoutSeconds } = config.clientIP;
  if (timeoutSeconds === undefined) return [required(`${path}.clientIP.timeoutSeconds`, needed)];
  if (timeoutSeconds > 0 && timeoutSeconds <= maxAffinitySeconds) return [];
  return [invalid(`${path}.clientIP.timeoutSeconds`, timeoutSeconds, `must be greater than 0 and less than ${maxAffinitySeconds}`)];
}

export function validateTrafficPolicies(service: Service, spec: ServiceSpec): FieldError[] {
  return [
    ...validateExternalPolicy(service, spec.externalTrafficPolicy),
    ...validateHealthCheckPort(service, spec.healthCheckNodePort),
    ...validateInternalPolicy(spec),
    ...validateOptionalSupported(spec.trafficDistribution, 'spec.trafficDistribution', trafficDistributions),
  ];
}

function validateExternalPolicy(service: Service, policy: string | undefined): FieldError[] {
  const path = 'spec.externalTrafficPolicy';
  if (!isExternallyAccessible(service)) return policy ? [invalid(path, policy, 'may only be set for externally-accessible services')] : [];
  return validateRequiredSupported(policy, path, trafficPolicies);
}

function validateHealthCheckPort(service: Service, port: number | undefined): FieldError[] {
  const path = 'spec.healthCheckNodePort';
  if (needsHealthCheckNodePort(service)) {
    return port ? portNumber(port).map((problem) => invalid(path, port, problem)) : [required(path)];
  }
  return port ? [invalid(path, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")] : [];
}

function validateInternalPolicy({ type, internalTrafficPolicy }: ServiceSpec): FieldError[] {
  const path = 'spec.internalTrafficPolicy';
  const isNeeded = type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP';
  if (internalTrafficPolicy === undefined && isNeeded) return [required(path)];
  return validateOptionalSupported(internalTrafficPolicy, path, trafficPolicies);
}
