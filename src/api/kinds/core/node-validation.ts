import { duplicate, forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import type { ConfigMapNodeConfigSource, Node, NodeConfigSource, Taint } from '../../generated/core/v1.ts';
import { validateRequiredSupported, validateText } from '../../validation/field-checks.ts';
import { validateLegacyCidr } from '../../validation/ip.ts';
import { validateLabelName } from '../../validation/label-selector.ts';
import { configMapKey, dns1123Subdomain, labelValue, nameIsDns1123Label } from '../../validation/names.ts';
import { resourceEntries, validateResourceQuantity } from './resource-quantities.ts';
import { isDualStack } from './service-cluster-ip-validation.ts';

const taintEffects: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** What holds on create, update and status update alike. That taints stand under `metadata` is upstream's slip. */
export function validateNode({ spec, status }: Node): FieldError[] {
  return [...validateTaints(spec.taints ?? [], 'metadata.taints'), ...validateResources(status)];
}

function validateResources({ capacity = {}, allocatable = {} }: Node['status']): FieldError[] {
  return Object.entries({ capacity, allocatable }).flatMap(([field, amounts]) =>
    resourceEntries(amounts).flatMap(([resource, amount]) => validateResourceQuantity(resource, amount, `status.${field}.${resource}`)),
  );
}

function validateTaints(taints: readonly Taint[], path: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, i) => {
    const problems = validateTaint(taint, `${path}[${i}]`);
    const identity = `${taint.effect} ${taint.key}`;
    if (seen.has(identity)) {
      problems.push({ ...duplicate(`${path}[${i}]`, taint), detail: 'taints must be unique by key and effect pair' });
    }
    seen.add(identity);
    return problems;
  });
}

function validateTaint({ key, value = '', effect }: Taint, path: string): FieldError[] {
  const valueProblems = labelValue(value);
  return [
    ...validateLabelName(key, `${path}.key`),
    ...(valueProblems.length > 0 ? [invalid(`${path}.value`, value, valueProblems.join(';'))] : []),
    ...validateRequiredSupported(effect, `${path}.effect`, taintEffects),
  ];
}

/** Looked at when the Node is made; later they do not change. */
export function validatePodCidrs({ spec: { podCIDRs = [] } }: Node): FieldError[] {
  const path = 'spec.podCIDRs';
  const problems = podCIDRs.flatMap((cidr, i) => validateLegacyCidr(cidr, `${path}[${i}]`));
  if (podCIDRs.length < 2) return problems;
  const addresses = podCIDRs.map((cidr) => cidr.split('/')[0]!);
  if (podCIDRs.length > 2 || !isDualStack(addresses)) {
    problems.push(invalid(path, podCIDRs, 'may specify no more than one CIDR for each IP family'));
  }
  return [...problems, ...podCIDRs.flatMap((cidr, i) => (podCIDRs.indexOf(cidr) < i ? [duplicate(`${path}[${i}]`, cidr)] : []))];
}

/** Ranges and the provider's id are set once; the rest of the spec may change. */
export function validateNodeUpdate({ spec, status }: Node, { spec: old }: Node): FieldError[] {
  const problems = validateAddresses(status.addresses ?? []);
  const cidrs = spec.podCIDRs ?? [];
  const oldCidrs = old.podCIDRs ?? [];
  const onlyOnce = (field: string) => forbidden(`spec.${field}`, `node updates may not change ${field} except from "" to valid`);
  const changed = oldCidrs.length === cidrs.length ? oldCidrs.filter((cidr, i) => cidr !== cidrs[i]).length : Math.min(oldCidrs.length, 1);
  const podCidrChange = forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid');
  for (let i = 0; i < changed; i++) problems.push(podCidrChange);
  if (old.providerID && old.providerID !== spec.providerID) problems.push(onlyOnce('providerID'));
  if (spec.configSource) problems.push(...validateConfigSource(spec.configSource, 'spec.configSource', validateSpecSource));
  for (const field of ['assigned', 'active', 'lastKnownGood'] as const) {
    const source = status.config?.[field];
    if (source) problems.push(...validateConfigSource(source, `status.config.${field}`, validateStatusSource));
  }
  if ((spec.externalID ?? '') !== (old.externalID ?? '')) problems.push(forbidden('spec.externalID', 'may not be updated'));
  return problems;
}

function validateAddresses(addresses: NonNullable<Node['status']['addresses']>): FieldError[] {
  const seen = new Set<string>();
  return addresses.flatMap((one, i) => {
    const identity = `${one.type} ${one.address}`;
    if (seen.has(identity)) return [duplicate(`status.addresses[${i}]`, one)];
    seen.add(identity);
    return [];
  });
}

type SourceCheck = (source: ConfigMapNodeConfigSource, path: string) => FieldError[];

function validateConfigSource(source: NodeConfigSource, path: string, check: SourceCheck): FieldError[] {
  const { configMap } = source;
  if (!configMap) return [invalid(path, source, 'exactly one reference subfield must be non-nil')];
  return [...check(configMap, `${path}.configMap`), ...validateConfigMapReference(configMap, `${path}.configMap`)];
}

function validateSpecSource({ uid, resourceVersion }: ConfigMapNodeConfigSource, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (uid) problems.push(forbidden(`${path}.uid`, 'uid must not be set in spec'));
  if (resourceVersion) problems.push(forbidden(`${path}.resourceVersion`, 'resourceVersion must not be set in spec'));
  return problems;
}

function validateStatusSource({ uid, resourceVersion }: ConfigMapNodeConfigSource, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!uid) problems.push(required(`${path}.uid`, 'uid must be set in status'));
  if (!resourceVersion) problems.push(required(`${path}.resourceVersion`, 'resourceVersion must be set in status'));
  return problems;
}

function validateConfigMapReference(source: ConfigMapNodeConfigSource, path: string): FieldError[] {
  const checks = {
    namespace: (name: string) => nameIsDns1123Label(name, false),
    name: dns1123Subdomain,
    kubeletConfigKey: configMapKey,
  };
  return (Object.keys(checks) as (keyof typeof checks)[]).flatMap((field) => {
    const value = source[field];
    return value ? validateText(value, `${path}.${field}`, checks[field]) : [required(`${path}.${field}`, `${field} must be set`)];
  });
}
