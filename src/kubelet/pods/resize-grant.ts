import type { Container, Pod, ResourceRequirements } from '../../api/generated/core/v1.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';

/** Why a pod's new resources are not granted yet. */
export interface PendingResize {
  readonly message: string;
  /** Of the pod's spec that asks for them. */
  readonly generation: number;
  /** The pod as it is written. */
  readonly asked: Pod;
}

export const differInResources = (a: Pod, b: Pod): boolean =>
  allContainers(a).some((one) => {
    const other = allContainers(b).find(({ name }) => name === one.name);
    return other !== undefined && !semanticallyEqual(one.resources ?? {}, other.resources ?? {});
  });

/** The pod as it is written, with the resources that it was granted before. Source: pkg/kubelet/allocation UpdatePodFromAllocation. */
export function withResourcesOf(granted: Pod, pod: Pod): Pod {
  const before = new Map(allContainers(granted).map(({ name, resources }) => [name, resources]));
  return withResources(pod, ({ name, resources }) => (before.has(name) ? before.get(name) : resources));
}

/** The pod as a kubelet that begins finds it: what its status says was granted, where it says something. */
export function grantedBefore(pod: Pod): Pod {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const reported = new Map([...initContainerStatuses, ...containerStatuses].map(({ name, resources }) => [name, resources]));
  return withResources(pod, ({ name, resources }) => {
    const found = reported.get(name);
    return found && resources ? { ...(resources.claims && { claims: resources.claims }), ...found } : resources;
  });
}

function withResources(pod: Pod, resourcesOf: (container: Container) => ResourceRequirements | undefined): Pod {
  const changed = (container: Container): Container => {
    const resources = resourcesOf(container);
    return resources === undefined ? container : { ...container, resources };
  };
  const { initContainers, containers } = pod.spec;
  return {
    ...pod,
    spec: { ...pod.spec, ...(initContainers && { initContainers: initContainers.map(changed) }), containers: containers.map(changed) },
  };
}

/** What events of a resize tell of it, as JSON. Source: pkg/kubelet/events/resize.go. */
export function resizeSummary({ spec: { initContainers = [], containers } }: Pod, generation: number, error = ''): string {
  const summaries = (of: readonly Container[]) => of.map(({ name, resources = {} }) => ({ name, resources: inOrder(resources) }));
  return JSON.stringify({
    ...(initContainers.length > 0 && { initContainers: summaries(initContainers) }),
    containers: summaries(containers),
    generation,
    ...(error !== '' && { error }),
  });
}

const inOrder = ({ limits, requests, claims }: ResourceRequirements) => ({
  ...(limits && { limits: sorted(limits) }),
  ...(requests && { requests: sorted(requests) }),
  ...(claims && { claims }),
});

const sorted = (amounts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(amounts).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const allContainers = ({ spec: { initContainers = [], containers } }: Pod): readonly Container[] => [...initContainers, ...containers];
