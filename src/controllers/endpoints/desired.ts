import type { EndpointSubset, Endpoints, Service } from '../../api/generated/core/v1.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { headlessLabel, isHeadless } from '../../workloads/services/endpoint-rules.ts';
import { withTriggerTime } from '../../workloads/services/trigger-times.ts';
import { maxAddresses, truncated } from './capacity.ts';

export const managedByLabel = 'endpoints.kubernetes.io/managed-by';
export const managedBy = 'endpoint-controller';

const overCapacity = 'endpoints.kubernetes.io/over-capacity';

/** What the service's Endpoints should be; undefined when they are so already, but for the trigger time. */
export function desiredEndpoints(
  service: Service,
  subsets: readonly EndpointSubset[],
  current: Endpoints | undefined,
  triggerTime: string | undefined,
): Endpoints | undefined {
  const labels = {
    ...withoutHeadless(service.metadata.labels),
    [managedByLabel]: managedBy,
    ...(isHeadless(service) && { [headlessLabel]: '' }),
  };
  const cut = truncated(subsets);
  const same = current && semanticallyEqual(current.subsets, cut ?? subsets) && semanticallyEqual(current.metadata.labels, labels);
  if (same && saysCapacityRightly(current, cut !== undefined)) return undefined;
  const { [overCapacity]: _, ...annotations } = withTriggerTime(current?.metadata.annotations, triggerTime);
  return {
    metadata: {
      ...(current?.metadata ?? { name: service.metadata.name, namespace: service.metadata.namespace }),
      labels,
      annotations: { ...annotations, ...(cut && { [overCapacity]: 'truncated' }) },
    },
    ...(subsets.length > 0 && { subsets: cut ?? subsets }),
  };
}

function withoutHeadless(labels: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const { [headlessLabel]: _, ...others } = labels ?? {};
  return others;
}

function saysCapacityRightly({ metadata, subsets = [] }: Endpoints, isTruncated: boolean): boolean {
  const held = subsets.reduce((sum, { addresses = [], notReadyAddresses = [] }) => sum + addresses.length + notReadyAddresses.length, 0);
  return held <= maxAddresses && (metadata.annotations?.[overCapacity] !== undefined) === isTruncated;
}
