/** Which pods are endpoints of a service, and as what (upstream's k8s.io/endpointslice/util). */
import type { Pod, Service, ServicePort } from '../../api/generated/core/v1.ts';
import { isFinished, isReady } from '../../api/pods/pod-state.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';

/** Has it an address that may be told? Ended pods never do; pods that are going only where asked for. */
export function belongsInEndpoints(pod: Pod, includeTerminating: boolean): boolean {
  const { status, metadata } = pod;
  if (isFinished(pod) || (!status?.podIP && (status?.podIPs ?? []).length === 0)) return false;
  return includeTerminating || metadata.deletionTimestamp === undefined;
}

/** Does this update of a pod leave all endpoints made of it as they are? Most do: probes' times, restarts, annotations. */
export const sameForEndpoints = (old: Pod, now: Pod): boolean =>
  old.metadata.deletionTimestamp === now.metadata.deletionTimestamp &&
  isReady(old) === isReady(now) &&
  isFinished(old) === isFinished(now) &&
  semanticallyEqual(old.status?.podIPs, now.status?.podIPs) &&
  semanticallyEqual(old.metadata.labels, now.metadata.labels) &&
  old.spec.hostname === now.spec.hostname &&
  old.spec.subdomain === now.spec.subdomain;

/** The name under which DNS knows the pod within the service; undefined when it asked for none. */
export const endpointHostname = ({ spec, metadata }: Pod, service: Service): string | undefined =>
  spec.hostname && spec.subdomain === service.metadata.name && metadata.namespace === service.metadata.namespace
    ? spec.hostname
    : undefined;

/** The pod's port behind the service's; undefined when the pod has none of that name and protocol. Sidecars' ports count. */
export function targetPort({ spec }: Pod, { port, protocol = 'TCP', targetPort: target = port }: ServicePort): number | undefined {
  if (typeof target === 'number') return target;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { ports = [] } of [...spec.containers, ...sidecars]) {
    const found = ports.find((one) => one.name === target && (one.protocol ?? 'TCP') === protocol);
    if (found) return found.containerPort;
  }
  return undefined;
}

export const isHeadless = ({ spec }: Service): boolean => !spec?.clusterIP || spec.clusterIP === 'None';

/** A service whose endpoints are made of pods; those of others are written by hand. */
export const selectsPods = ({ spec }: Service): boolean => spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0;

export const headlessLabel = 'service.kubernetes.io/headless';

/** A service's endpoints are written at most this often, though each of a thousand pods becomes ready on its own. */
export const endpointsRestMs = 50;
