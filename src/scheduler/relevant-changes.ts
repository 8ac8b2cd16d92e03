import type { Node, Pod } from '../api/generated/core/v1.ts';
import { semanticallyEqual } from '../api/semantic-equality.ts';

/**
 * Has something of the node changed that scheduling looks at? Heartbeats have not: of conditions only
 * what they say counts. Source: framework.NodeSchedulingPropertiesChange.
 */
export function isRelevantNodeChange(old: Node, now: Node): boolean {
  return (
    !semanticallyEqual(old.spec, now.spec) ||
    !semanticallyEqual(old.metadata.labels, now.metadata.labels) ||
    !semanticallyEqual(old.metadata.annotations, now.metadata.annotations) ||
    !semanticallyEqual(old.status?.allocatable, now.status?.allocatable) ||
    !semanticallyEqual(conditionsOf(old), conditionsOf(now)) ||
    !semanticallyEqual(old.status?.declaredFeatures, now.status?.declaredFeatures)
  );
}

const conditionsOf = ({ status }: Node): object => Object.fromEntries((status?.conditions ?? []).map((one) => [one.type, one.status]));

/** Has something of the pod changed that scheduling looks at? Source: framework.PodSchedulingPropertiesChange. */
export function isRelevantPodChange(old: Pod, now: Pod): boolean {
  return (
    !semanticallyEqual(old.metadata.labels, now.metadata.labels) ||
    !semanticallyEqual(old.spec, now.spec) ||
    !semanticallyEqual(allocationsOf(old), allocationsOf(now)) ||
    !semanticallyEqual(old.status?.resourceClaimStatuses, now.status?.resourceClaimStatuses)
  );
}

const allocationsOf = ({ status }: Pod): object => [
  (status?.containerStatuses ?? []).map(({ allocatedResources, resources }) => [allocatedResources, resources]),
  (status?.initContainerStatuses ?? []).map(({ allocatedResources, resources }) => [allocatedResources, resources]),
];
