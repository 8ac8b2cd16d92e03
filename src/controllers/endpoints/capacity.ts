import type { EndpointSubset } from '../../api/generated/core/v1.ts';

/** What one Endpoints object holds at most: it goes to every node at each change. */
export const maxAddresses = 1000;

/**
 * As many as fit: ready ones first, each subset in proportion to its share, rounded up until all are
 * given out. Undefined when all fit. Source: truncateEndpoints in pkg/controller/endpoint.
 */
export function truncated(subsets: readonly EndpointSubset[], capacity = maxAddresses): EndpointSubset[] | undefined {
  const ready = count(subsets, ({ addresses = [] }) => addresses);
  const notReady = count(subsets, ({ notReadyAddresses = [] }) => notReadyAddresses);
  if (ready + notReady <= capacity) return undefined;
  const cutsReady = ready > capacity;
  const room = cutsReady ? capacity : capacity - ready;
  const total = cutsReady ? ready : notReady;
  let left = room;
  return subsets
    .map(({ addresses = [], notReadyAddresses = [], ports }) => {
      const all = cutsReady ? addresses : notReadyAddresses;
      const kept = all.slice(0, Math.min(Math.ceil((all.length / total) * room), left));
      left -= kept.length;
      const cut = cutsReady ? { addresses: kept, notReadyAddresses: [] } : { addresses, notReadyAddresses: kept };
      return { ...cut, ...(ports && { ports }) };
    })
    .filter(({ addresses, notReadyAddresses }) => addresses.length + notReadyAddresses.length > 0);
}

const count = (subsets: readonly EndpointSubset[], of: (subset: EndpointSubset) => readonly unknown[]): number =>
  subsets.reduce((sum, subset) => sum + of(subset).length, 0);
