import type { Container, PodSpec } from '../../generated/core/v1.ts';
import { addQuantities, compareQuantities, isZeroQuantity, type Quantity } from '../../quantity.ts';
import { isHugePages, isPodLevelResource } from './resource-names.ts';
import { quantityFrom, resourceEntries, type ResourceList } from './resource-quantities.ts';

/** Amounts by resource name (upstream's component-helpers/resource). */
export type Resources = ReadonlyMap<string, Quantity>;
export type ResourceKind = 'requests' | 'limits';

export const isRestartableInit = (container: Container): boolean => container.restartPolicy === 'Always';

/**
 * What the containers need together: the sum of those that run side by side, or what the hungriest
 * init container needs beside the sidecars started before it, whichever is more. Pod-level
 * resources and overhead are not in it.
 */
export function aggregateContainers(spec: PodSpec, kind: ResourceKind): Map<string, Quantity> {
  const together = new Map<string, Quantity>();
  for (const container of spec.containers ?? []) addTo(together, container.resources?.[kind]);
  const sidecars = new Map<string, Quantity>();
  const peak = new Map<string, Quantity>();
  for (const container of spec.initContainers ?? []) {
    const wanted = container.resources?.[kind];
    if (isRestartableInit(container)) {
      addTo(together, wanted);
      addTo(sidecars, wanted);
      raiseTo(peak, sidecars);
    } else {
      const beside = new Map(sidecars);
      addTo(beside, wanted);
      raiseTo(peak, beside);
    }
  }
  raiseTo(together, peak);
  return together;
}

/** What a scheduler reserves for the pod: pod-level requests where they are said, and the overhead. */
export function podRequests(spec: PodSpec): Map<string, Quantity> {
  const total = aggregateContainers(spec, 'requests');
  for (const [name, quantity] of resourceEntries(spec.resources?.requests)) if (isPodLevelResource(name)) total.set(name, quantity);
  addTo(total, spec.overhead);
  return total;
}

/** The overhead counts only where the containers are limited at all. */
export function podLimits(spec: PodSpec): Map<string, Quantity> {
  const total = aggregateContainers(spec, 'limits');
  for (const [name, quantity] of resourceEntries(spec.resources?.limits)) if (isPodLevelResource(name)) total.set(name, quantity);
  for (const [name, quantity] of resourceEntries(spec.overhead)) {
    const limit = total.get(name);
    if (limit && !isZeroQuantity(limit)) total.set(name, addQuantities(limit, quantity));
  }
  return total;
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** By CPU and memory alone: all limited to what they request, some requested, or none. */
export function qosClass(spec: PodSpec): QosClass {
  const holders =
    spec.resources && hasComputeResources(spec.resources) ? [spec] : [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  let allLimited = true;
  for (const { resources } of holders) {
    addTo(requests, computeOnly(resources?.requests));
    addTo(limits, computeOnly(resources?.limits));
    if (Object.keys(computeOnly(resources?.limits)).length < 2) allLimited = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const same = [...requests].every(([name, quantity]) => limits.has(name) && compareQuantities(limits.get(name)!, quantity) === 0);
  return allLimited && same && requests.size === limits.size ? 'Guaranteed' : 'Burstable';
}

const hasComputeResources = ({ requests, limits }: { readonly requests?: ResourceList; readonly limits?: ResourceList }): boolean =>
  [...Object.keys(requests ?? {}), ...Object.keys(limits ?? {})].some((name) => name === 'cpu' || name === 'memory' || isHugePages(name));

function computeOnly(list: ResourceList | undefined): ResourceList {
  return Object.fromEntries(
    Object.entries(list ?? {}).filter(([name, written]) => (name === 'cpu' || name === 'memory') && !isZeroQuantity(quantityFrom(written))),
  );
}

function addTo(total: Map<string, Quantity>, list: ResourceList | undefined): void {
  for (const [name, quantity] of resourceEntries(list)) {
    const before = total.get(name);
    total.set(name, before ? addQuantities(before, quantity) : quantity);
  }
}

function raiseTo(total: Map<string, Quantity>, other: Resources): void {
  for (const [name, quantity] of other) {
    const before = total.get(name);
    if (!before || compareQuantities(quantity, before) > 0) total.set(name, quantity);
  }
}
