import type { ResourceClaim, ResourceRequirements } from '../../generated/core/v1.ts';
import { duplicate, forbidden, invalid, notFoundValue, required, type FieldError } from '../../field-error.ts';
import { compareQuantities, quantityText, type Quantity } from '../../quantity.ts';
import { validateText } from '../../validation/field-checks.ts';
import { dns1123Label } from '../../validation/names.ts';
import {
  isHugePages,
  isOvercommitAllowed,
  isWholeHugePages,
  validateContainerResourceName,
  validatePodLevelResourceName,
} from './resource-names.ts';
import { resourceEntries, validateResourceQuantity } from './resource-quantities.ts';

type NameRule = (name: string, path: string) => FieldError[];

export const validateContainerResources = (
  resources: ResourceRequirements,
  podClaimNames: ReadonlySet<string>,
  path: string,
): FieldError[] => validateRequirements(resources, validateContainerResourceName, podClaimNames, path);

export const validatePodLevelRequirements = (
  resources: ResourceRequirements,
  podClaimNames: ReadonlySet<string>,
  path: string,
): FieldError[] => validateRequirements(resources, validatePodLevelResourceName, podClaimNames, path);

function validateRequirements(
  resources: ResourceRequirements,
  validateName: NameRule,
  podClaimNames: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const limits = resourceEntries(resources.limits);
  const requests = resourceEntries(resources.requests);
  const limitOf = new Map(limits);
  const names = [...limits, ...requests].map(([name]) => name);
  const problems = [
    ...limits.flatMap(([name, quantity]) => validateAmount(name, quantity, validateName, `${path}.limits[${name}]`)),
    ...requests.flatMap(([name, quantity]) => [
      ...validateAmount(name, quantity, validateName, `${path}.requests[${name}]`),
      ...validateAgainstLimit(name, quantity, limitOf.get(name), path),
    ]),
  ];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    problems.push(forbidden(path, 'HugePages require cpu or memory'));
  }
  return [...problems, ...validateClaims(resources.claims ?? [], podClaimNames, `${path}.claims`)];
}

function validateAmount(name: string, quantity: Quantity, validateName: NameRule, path: string): FieldError[] {
  const problems = [...validateName(name, path), ...validateResourceQuantity(name, quantity, path)];
  if (isHugePages(name) && !isWholeHugePages(name, quantity)) {
    const text = quantityText(quantity);
    problems.push(invalid(path, text, `${text} is not positive integer multiple of ${name}`));
  }
  return problems;
}

/** A request stays within its limit; of what cannot be overcommitted it is the limit. */
function validateAgainstLimit(name: string, request: Quantity, limit: Quantity | undefined, path: string): FieldError[] {
  const requestsPath = `${path}.requests`;
  if (!limit) {
    return isOvercommitAllowed(name) ? [] : [required(`${path}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  const order = compareQuantities(request, limit);
  if (order !== 0 && !isOvercommitAllowed(name)) {
    return [invalid(requestsPath, quantityText(request), `must be equal to ${name} limit of ${quantityText(limit)}`)];
  }
  if (order <= 0) return [];
  return [invalid(requestsPath, quantityText(request), `must be less than or equal to ${name} limit of ${quantityText(limit)}`)];
}

/** Each claim, or each request of one, is named once, and the pod has it. */
function validateClaims(claims: readonly ResourceClaim[], podClaimNames: ReadonlySet<string>, path: string): FieldError[] {
  const seen = new Set<string>();
  return claims.flatMap((claim, i) => validateClaim(claim, seen, podClaimNames, `${path}[${i}]`));
}

function validateClaim(
  { name, request }: ResourceClaim,
  seen: Set<string>,
  podClaimNames: ReadonlySet<string>,
  path: string,
): FieldError[] {
  if (!name) return [required(path)];
  const problems: FieldError[] = [];
  const key = request ? `${name}/${request}` : name;
  if (seen.has(name)) problems.push(duplicate(path, name));
  else {
    if (request) problems.push(...validateText(request, `${path}.request`, dns1123Label));
    if (seen.has(key)) problems.push(duplicate(path, key));
    else if (!request && [...seen].some((other) => other.startsWith(`${name}/`))) problems.push(duplicate(path, name));
    seen.add(key);
  }
  if (!podClaimNames.has(name)) {
    const known = podClaimNames.size === 0 ? ' which is empty' : `: ${[...podClaimNames].sort().join(', ')}`;
    problems.push({ ...notFoundValue(path, name), detail: `must be one of the names in pod.spec.resourceClaims${known}` });
  }
  return problems;
}
