import type { PodSpec, ResourceRequirements } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import { compareQuantities, quantityText, type Quantity } from '../../quantity.ts';
import { validatePodLevelRequirements } from './container-resources-validation.ts';
import { aggregateContainers } from './pod-resources.ts';
import { isHugePages, isOvercommitAllowed, isPodLevelResource } from './resource-names.ts';
import { quantityFrom, resourceEntries } from './resource-quantities.ts';

type ResourceMap = Record<string, string>;

/** A pod that says some of its own resources gets the rest from its containers (KEP-2837). Runs after the containers' defaults. */
export function defaultPodLevelResources(spec: Draft<PodSpec>): void {
  const { resources } = spec;
  if (!resources) return;
  if (hasAny(resources.limits) || hasAny(resources.requests)) defaultHugePageLimits(spec, resources);
  if (hasAny(resources.limits)) defaultRequests(spec, resources);
  else if (hasAny(resources.requests)) defaultLimits(spec, resources);
}

function defaultHugePageLimits(spec: Draft<PodSpec>, resources: Draft<ResourceRequirements>): void {
  const found = [...aggregateContainers(spec, 'limits')].filter(
    ([name]) => isHugePages(name) && resources.requests?.[name] === undefined && resources.limits?.[name] === undefined,
  );
  if (found.length > 0) resources.limits = { ...resources.limits, ...texts(found) };
}

function defaultRequests(spec: Draft<PodSpec>, resources: Draft<ResourceRequirements>): void {
  const requests: ResourceMap = { ...resources.requests };
  for (const [name, quantity] of aggregateContainers(spec, 'requests')) {
    if (isPodLevelResource(name) && isOvercommitAllowed(name)) requests[name] ??= quantityText(quantity);
  }
  for (const [name, written] of Object.entries(resources.limits ?? {})) if (isPodLevelResource(name)) requests[name] ??= written;
  if (hasAny(requests)) resources.requests = requests;
}

/** Only where every container is limited. */
function defaultLimits(spec: Draft<PodSpec>, resources: Draft<ResourceRequirements>): void {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const found = [...aggregateContainers(spec, 'limits')].filter(
    ([name]) =>
      isPodLevelResource(name) && isOvercommitAllowed(name) && containers.every((one) => one.resources?.limits?.[name] !== undefined),
  );
  if (found.length > 0) resources.limits = texts(found);
}

export function validatePodLevelResources(spec: PodSpec, podClaimNames: ReadonlySet<string>, path: string): FieldError[] {
  if (!spec.resources) return [];
  const problems: FieldError[] = [];
  if (spec.resources.claims) problems.push(forbidden(`${path}.claims`, 'claims cannot be set for Resources at pod-level'));
  return [
    ...problems,
    ...validatePodLevelRequirements(spec.resources, podClaimNames, path),
    ...validateEnoughForContainers(spec, spec.resources, path),
  ];
}

function validateEnoughForContainers(spec: PodSpec, resources: ResourceRequirements, path: string): FieldError[] {
  const problems: FieldError[] = [];
  for (const [name, needed] of aggregateContainers(spec, 'requests')) {
    if (!isPodLevelResource(name)) continue;
    const requested = quantityFrom(resources.requests?.[name]);
    if (compareQuantities(needed, requested) <= 0) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${quantityText(needed)}`;
    problems.push(invalid(`${path}.requests[${name}]`, quantityText(requested), detail));
  }
  (spec.containers ?? []).forEach((container, i) => {
    for (const [name, limit] of resourceEntries(container.resources?.limits)) {
      const podLimit = resources.limits?.[name];
      if (podLimit === undefined || compareQuantities(limit, quantityFrom(podLimit)) <= 0) continue;
      const detail = `must be less than or equal to pod limits of ${quantityText(quantityFrom(podLimit))}`;
      problems.push(invalid(`${path}.containers[${i}][${name}].limits`, quantityText(limit), detail));
    }
  });
  return problems;
}

const texts = (amounts: readonly (readonly [name: string, quantity: Quantity])[]): ResourceMap =>
  Object.fromEntries(amounts.map(([name, quantity]) => [name, quantityText(quantity)]));

const hasAny = (list: ResourceMap | undefined): boolean => Object.keys(list ?? {}).length > 0;
