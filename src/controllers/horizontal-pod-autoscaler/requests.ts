import type { Pod } from '../../api/generated/core/v1.ts';
import { isRestartableInit } from '../../api/kinds/core/pod-resources.ts';
import { milliValue, parseQuantity } from '../../api/quantity.ts';

/** What each pod requests of the resource, in thousandths, or one of its containers does. Throws where a request is missing. */
export const requestsOf = (pods: readonly Pod[], resource: string, container?: string): Map<string, number> =>
  new Map(pods.map((pod) => [pod.metadata.name!, requestOf(pod, resource, container)]));

function requestOf({ metadata, spec }: Pod, resource: string, container: string | undefined): number {
  const ofPod = spec.resources?.requests;
  if (container === undefined && ofPod && Object.keys(ofPod).length > 0) {
    const amount = ofPod[resource];
    if (amount === undefined) throw new Error(`missing pod-level request for ${resource} in Pod ${metadata.name}`);
    return milliValue(parseQuantity(amount));
  }
  const containers = [...spec.containers, ...(spec.initContainers ?? []).filter(isRestartableInit)];
  return containers
    .filter(({ name }) => container === undefined || name === container)
    .reduce((sum, { name, resources }) => {
      const amount = resources?.requests?.[resource];
      if (amount === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
      return sum + milliValue(parseQuantity(amount));
    }, 0);
}
