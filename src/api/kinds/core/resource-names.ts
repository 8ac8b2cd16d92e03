import { invalid, notSupported, type FieldError } from '../../field-error.ts';
import { parseQuantity, scaledValue, type Quantity } from '../../quantity.ts';
import { qualifiedName } from '../../validation/names.ts';

/** What the name of a resource says about it (upstream's pkg/apis/core/helper). */
const hugePagesPrefix = 'hugepages-';
const requestsHugePagesPrefix = 'requests.hugepages-';

const computeResources = ['cpu', 'memory', 'ephemeral-storage'];
const countedObjects = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const standardResources: ReadonlySet<string> = new Set([
  ...computeResources,
  ...computeResources.map((name) => `requests.${name}`),
  ...computeResources.map((name) => `limits.${name}`),
  ...countedObjects,
  'storage',
  'requests.storage',
]);
const integerResources: ReadonlySet<string> = new Set(countedObjects);
/** Of pod-level resources. */
const podLevelResources = ['cpu', 'memory'];

export const isHugePages = (name: string): boolean => name.startsWith(hugePagesPrefix);
/** Kubernetes' own: without a domain, or in one of kubernetes.io's. */
export const isNativeResource = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
/** A device plugin's: with a domain other than Kubernetes', and short enough to be counted in a quota. */
export const isExtendedResource = (name: string): boolean =>
  !isNativeResource(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
export const isOvercommitAllowed = (name: string): boolean => isNativeResource(name) && !isHugePages(name);
export const isIntegerResource = (name: string): boolean => integerResources.has(name) || isExtendedResource(name);
export const isPodLevelResource = (name: string): boolean => podLevelResources.includes(name) || isHugePages(name);

/** Is the amount so many whole pages? The page's size is in the name: `hugepages-2Mi`. */
export function isWholeHugePages(name: string, quantity: Quantity): boolean {
  const pageBytes = pageSizeBytes(name);
  return pageBytes !== undefined && scaledValue(quantity, 0) % pageBytes === 0n;
}

function pageSizeBytes(name: string): bigint | undefined {
  try {
    const size = parseQuantity(name.slice(hugePagesPrefix.length));
    const bytes = scaledValue(size, 0);
    return bytes > 0n && scaledValue(size, -3) === bytes * 1000n ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Of nodes' capacity and quotas. */
export function validateResourceName(name: string, path: string): FieldError[] {
  const problems = qualifiedName(name).map((detail) => invalid(path, name, detail));
  if (problems.length > 0 || name.includes('/')) return problems;
  const standard = standardResources.has(name) || isHugePages(name) || name.startsWith(requestsHugePagesPrefix);
  return standard ? [] : [invalid(path, name, 'must be a standard resource type or fully qualified')];
}

/** Of a container's requests and limits, and of limit ranges for containers and pods. */
export function validateContainerResourceName(name: string, path: string): FieldError[] {
  const problems = validateResourceName(name, path);
  if (!name.includes('/')) {
    const standard = computeResources.includes(name) || isHugePages(name);
    return standard ? problems : [...problems, invalid(path, name, 'must be a standard resource for containers')];
  }
  if (isNativeResource(name) || isExtendedResource(name)) return problems;
  return [...problems, invalid(path, name, "doesn't follow extended resource name standard")];
}

export function validatePodLevelResourceName(name: string, path: string): FieldError[] {
  const problems = validateResourceName(name, path);
  if (problems.length > 0 || isPodLevelResource(name)) return problems;
  return [notSupported(path, name, podLevelResources)];
}
