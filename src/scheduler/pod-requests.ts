import type { Container, ContainerStatus, Pod } from '../api/generated/core/v1.ts';
import { isRestartableInit } from '../api/kinds/core/pod-resources.ts';
import { isPodLevelResource } from '../api/kinds/core/resource-names.ts';
import { podCondition } from '../api/pods/pod-state.ts';
import { Amounts, type ResourceList } from './amounts.ts';

/** Stands in for what a container does not ask for, when nodes are scored. Sources: DefaultMilliCPURequest, DefaultMemoryRequest. */
const assumedMilliCpu = 100;
const assumedMemoryBytes = 200 * 1024 * 1024;

/** In place of what containers leave out; without a member nothing takes its place. */
export interface Assumed {
  readonly milliCpu?: number;
  readonly memoryBytes?: number;
}

/**
 * What a pod takes of its node: what its containers ask for together, or its hungriest moment of
 * initialization, pod-level requests in their place, and overhead on top. While a resize is under way
 * the larger of the old and the new counts. Source: component-helpers/resource's PodRequests with
 * UseStatusResources.
 */
export function requestsOf(pod: Pod, assumed?: Assumed): Amounts {
  const { spec } = pod;
  const total = new Amounts();
  for (const container of spec.containers) total.add(askedBy(container, pod.status?.containerStatuses, pod, assumed));
  if (spec.initContainers?.length) total.raiseTo(initPeak(pod, total, assumed));
  if (spec.resources?.requests) total.setList(spec.resources.requests, isPodLevelResource);
  if (spec.overhead) total.addList(spec.overhead);
  return total;
}

/** The same with assumptions for containers that do not say; a resource that the pod asks for as a whole needs none. */
export function requestsForScoring(pod: Pod, requests: Amounts): { readonly milliCpu: number; readonly memoryBytes: number } {
  const { containers, initContainers = [], resources } = pod.spec;
  const all = [...containers, ...initContainers];
  if (!resources?.requests && all.every(saysBoth)) return requests;
  const podLevel = resources?.requests !== undefined;
  const assumed: Assumed = {
    ...(!(podLevel && requests.milliCpu > 0) && { milliCpu: assumedMilliCpu }),
    ...(!(podLevel && requests.memoryBytes > 0) && { memoryBytes: assumedMemoryBytes }),
  };
  return requestsOf(pod, assumed);
}

const saysBoth = ({ resources }: Container): boolean =>
  resources?.requests?.['cpu'] !== undefined && resources.requests['memory'] !== undefined;

/** Adds the sidecars to `together`; answers the most that initialization needs at one time. */
function initPeak(pod: Pod, together: Amounts, assumed: Assumed | undefined): Amounts {
  const peak = new Amounts();
  const sidecars = new Amounts();
  for (const container of pod.spec.initContainers ?? []) {
    if (isRestartableInit(container)) {
      const asked = askedBy(container, pod.status?.initContainerStatuses, pod, assumed);
      together.add(asked);
      sidecars.add(asked);
      peak.raiseTo(sidecars);
    } else {
      const beside = askedBy(container, undefined, pod, assumed);
      beside.add(sidecars);
      peak.raiseTo(beside);
    }
  }
  return peak;
}

function askedBy(container: Container, statuses: readonly ContainerStatus[] | undefined, pod: Pod, assumed: Assumed | undefined): Amounts {
  const written: ResourceList | undefined = container.resources?.requests;
  const status = statuses?.find(({ name }) => name === container.name);
  const asked = status?.resources ? duringResize(written, status, isResizeInfeasible(pod)) : Amounts.of(written);
  if (assumed?.milliCpu !== undefined && written?.['cpu'] === undefined) asked.milliCpu = assumed.milliCpu;
  if (assumed?.memoryBytes !== undefined && written?.['memory'] === undefined) asked.memoryBytes = assumed.memoryBytes;
  return asked;
}

function duringResize(written: ResourceList | undefined, { resources, allocatedResources }: ContainerStatus, infeasible: boolean): Amounts {
  const asked = infeasible ? new Amounts() : Amounts.of(written);
  asked.raiseTo(Amounts.of(resources?.requests));
  asked.raiseTo(Amounts.of(allocatedResources));
  return asked;
}

const isResizeInfeasible = (pod: Pod): boolean => podCondition(pod, 'PodResizePending')?.reason === 'Infeasible';
