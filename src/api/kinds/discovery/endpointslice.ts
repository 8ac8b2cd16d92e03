import type { EndpointSlice as EndpointSliceType } from '../../generated/discovery/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { ipWarnings } from '../../validation/ip.ts';
import { firstThree } from '../columns.ts';
import { validateEndpointSlice } from './endpointslice-validation.ts';

const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const carefulManagers: readonly string[] = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

export const EndpointSlice = defineKind<EndpointSliceType>({
  ...generatedKind('discovery.k8s.io', 'v1', 'EndpointSlice'),
  columns: [
    nameColumn,
    { name: 'AddressType', type: 'string', cell: ({ addressType }) => addressType },
    { name: 'Ports', type: 'string', cell: ({ ports }) => firstThree((ports ?? []).map(({ port, name }) => String(port ?? name ?? '*'))) },
    { name: 'Endpoints', type: 'string', cell: ({ endpoints }) => firstThree((endpoints ?? []).flatMap(({ addresses }) => addresses)) },
    ageColumn,
  ],
  strategy: {
    defaults(slice) {
      for (const port of slice.ports ?? []) {
        port.name ??= '';
        port.protocol ??= 'TCP';
      }
    },
    prepareForCreate(slice) {
      slice.metadata.generation = 1;
      for (const endpoint of slice.endpoints ?? []) delete endpoint.deprecatedTopology;
    },
    prepareForUpdate(slice, old) {
      const sameEndpoints = semanticallyEqual(slice.endpoints, old.endpoints);
      // Labels count here: those say whose endpoints these are.
      const same =
        sameEndpoints && semanticallyEqual(slice.ports, old.ports) && semanticallyEqual(slice.metadata.labels, old.metadata.labels);
      if (!same) slice.metadata.generation = (old.metadata.generation ?? 0) + 1;
      if (!sameEndpoints) for (const endpoint of slice.endpoints ?? []) delete endpoint.deprecatedTopology;
    },
    validate: validateEndpointSlice,
    validateUpdate: (slice, old) => validateImmutable(slice.addressType, old.addressType, 'addressType'),
    warnings: endpointSliceWarnings,
  },
});

function endpointSliceWarnings({ metadata, addressType, endpoints = [] }: EndpointSliceType): string[] {
  const deprecated = addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [];
  // Kubernetes' own controllers write addresses as they should be.
  if (carefulManagers.includes(metadata.labels?.[managedByLabel] ?? '')) return deprecated;
  const addresses = endpoints.flatMap((endpoint, i) =>
    endpoint.addresses.flatMap((ip, j) => ipWarnings(ip, `endpoints[${i}].addresses[${j}]`)),
  );
  return [...deprecated, ...addresses];
}
