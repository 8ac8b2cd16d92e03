import type { Service as ServiceObject } from '../../api/generated/core/v1.ts';
import type { EndpointPort, EndpointSlice } from '../../api/generated/discovery/v1.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { headlessLabel, isHeadless } from '../../workloads/services/endpoint-rules.ts';
import { managedByLabel, serviceNameLabel, sliceNamePrefix, type AddressType } from '../../workloads/services/endpoint-slices.ts';
import { controllerReference } from '../../workloads/owner.ts';

/** The value of `endpointslice.kubernetes.io/managed-by` on slices of this controller. */
export const managedBy = 'endpointslice-controller.k8s.io';

type Labels = Readonly<Record<string, string>>;

/** An empty slice, still to be named by the API server. */
export const newSlice = (service: ServiceObject, addressType: AddressType, ports: readonly EndpointPort[]): EndpointSlice => ({
  metadata: {
    generateName: sliceNamePrefix(service.metadata.name ?? ''),
    namespace: service.metadata.namespace,
    labels: sliceLabels(service),
    ownerReferences: [controllerReference(service, Service)],
  },
  addressType,
  endpoints: [],
  ports,
});

/** The service's own labels, and those that are reserved for slices. */
export const sliceLabels = (service: ServiceObject): Labels => ({
  ...withoutReserved(service.metadata.labels),
  ...(isHeadless(service) && { [headlessLabel]: '' }),
  [serviceNameLabel]: service.metadata.name ?? '',
  [managedByLabel]: managedBy,
});

/** Are the labels that come from the service still its own? The reserved ones are not looked at. */
export const hasLabelsOf = ({ metadata }: EndpointSlice, service: ServiceObject): boolean =>
  semanticallyEqual(withoutReserved(metadata.labels), withoutReserved(service.metadata.labels));

export const isOwnedBy = ({ metadata }: EndpointSlice, service: ServiceObject): boolean =>
  (metadata.ownerReferences ?? []).some(
    ({ uid, kind, apiVersion }) => uid === service.metadata.uid && kind === 'Service' && apiVersion === 'v1',
  );

const reserved: readonly string[] = [serviceNameLabel, managedByLabel, headlessLabel];

const withoutReserved = (labels: Labels = {}): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => !reserved.includes(label)));
