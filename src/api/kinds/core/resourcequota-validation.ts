import { invalid, required, type FieldError } from '../../field-error.ts';
import type { ResourceQuota, ResourceQuotaSpec, ResourceQuotaStatus, ScopedResourceSelectorRequirement } from '../../generated/core/v1.ts';
import { immutableField } from '../../validation/metadata.ts';
import { validateResourceName } from './resource-names.ts';
import { resourceEntries, validateResourceQuantity } from './resource-quantities.ts';

const computeResources = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
const storageResources = ['ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage'];
const objectResources = [
  'resourcequotas',
  'services',
  'pods',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const hugePages = /^(requests\.)?hugepages-/;
const quotaResources: ReadonlySet<string> = new Set([...computeResources, ...storageResources, ...objectResources, 'requests.storage']);
const isQuotaResource = (name: string): boolean => quotaResources.has(name) || hugePages.test(name);

const scopes = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const conflictingScopes = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

export const validateQuota = ({ spec, status }: ResourceQuota): FieldError[] => [...validateSpec(spec), ...validateQuotaStatus(status)];

export const validateQuotaStatus = ({ hard, used }: ResourceQuotaStatus): FieldError[] => [
  ...validateAmounts(hard, 'status.hard'),
  ...validateAmounts(used, 'status.used'),
];

const validateSpec = (spec: ResourceQuotaSpec): FieldError[] => [
  ...validateAmounts(spec.hard, 'spec.hard'),
  ...validateScopes(spec),
  ...validateScopeSelector(spec),
];

const validateAmounts = (amounts: Readonly<Record<string, string>> | undefined, path: string): FieldError[] =>
  resourceEntries(amounts).flatMap(([name, quantity]) => [
    ...validateQuotaResourceName(name, `${path}[${name}]`),
    ...validateResourceQuantity(name, quantity, `${path}[${name}]`),
  ]);

function validateQuotaResourceName(name: string, path: string): FieldError[] {
  const problems = validateResourceName(name, path);
  if (name.includes('/') || isQuotaResource(name)) return problems;
  return [...problems, invalid(path, name, 'must be a standard resource for quota')];
}

function validateScopes({ scopes: chosen = [], hard = {} }: ResourceQuotaSpec): FieldError[] {
  const path = 'spec.scopes';
  const problems = chosen.flatMap((scope) => [
    ...(scopes.includes(scope) ? [] : [invalid(path, chosen, 'unsupported scope')]),
    ...unfitResources(scope, hard).map(() => invalid(path, chosen, 'unsupported scope applied to resource')),
  ]);
  return [...problems, ...conflictsIn(chosen).map(() => invalid(path, chosen, 'conflicting scopes'))];
}

function validateScopeSelector({ scopeSelector, scopes: chosen, hard = {} }: ResourceQuotaSpec): FieldError[] {
  const path = 'spec.scopeSelector.matchExpressions';
  const requirements = scopeSelector?.matchExpressions ?? [];
  const problems = requirements.flatMap((requirement) => [
    ...(scopes.includes(requirement.scopeName) ? [] : [invalid(`${path}.scopeName`, requirement.scopeName, 'unsupported scope')]),
    ...unfitResources(requirement.scopeName, hard).map(() => invalid(path, scopeSelector, 'unsupported scope applied to resource')),
    ...validateRequirement(requirement, path),
  ]);
  const names = requirements.map(({ scopeName }) => scopeName);
  return [...problems, ...conflictsIn(names).map(() => invalid(path, chosen, 'conflicting scopes'))];
}

/** Scopes that have no values to choose among. */
const plainScopes = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];
const onlyExists =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function validateRequirement({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (plainScopes.includes(scopeName) && operator !== 'Exists') problems.push(invalid(`${path}.operator`, operator, onlyExists));
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return problems;
      return [...problems, required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")];
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return problems;
      return [
        ...problems,
        invalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"),
      ];
    default:
      return [...problems, invalid(`${path}.operator`, operator, 'not a valid selector operator')];
  }
}

const conflictsIn = (chosen: readonly string[]) => conflictingScopes.filter((pair) => pair.every((scope) => chosen.includes(scope)));

/** Standard resources of the quota that the scope cannot narrow. */
const unfitResources = (scope: string, hard: Readonly<Record<string, string>>): string[] =>
  Object.keys(hard).filter((name) => isQuotaResource(name) && !canNarrow(scope, name));

function canNarrow(scope: string, resource: string): boolean {
  switch (scope) {
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return resource === 'pods' || computeResources.includes(resource) || storageResources.includes(resource) || hugePages.test(resource);
    case 'BestEffort':
      return resource === 'pods';
    case 'VolumeAttributesClass':
      return resource === 'persistentvolumeclaims' || resource === 'requests.storage';
    default:
      return true;
  }
}

export function validateQuotaUpdate({ spec }: ResourceQuota, old: ResourceQuota): FieldError[] {
  const sorted = (quota: ResourceQuotaSpec) => [...new Set(quota.scopes)].sort().join();
  return sorted(spec) === sorted(old.spec) ? [] : [invalid('spec.scopes', spec.scopes ?? [], immutableField)];
}
