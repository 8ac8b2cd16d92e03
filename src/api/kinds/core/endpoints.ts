import { invalid, required, type FieldError } from '../../field-error.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints as EndpointsType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateText } from '../../validation/field-checks.ts';
import { ipWarnings, validateLegacyIp } from '../../validation/ip.ts';
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../../validation/names.ts';
import { validateProtocol } from './service-validation.ts';
import { validateNonSpecialIp } from './special-ip.ts';

export const Endpoints = defineKind<EndpointsType>({
  ...generatedKind('', 'v1', 'Endpoints'),
  singular: 'endpoints',
  shortNames: ['ep'],
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  columns: [nameColumn, { name: 'Endpoints', type: 'string', cell: ({ subsets }) => endpointsText(subsets ?? []) }, ageColumn],
  strategy: {
    createOnUpdate: true,
    defaults(endpoints) {
      for (const subset of endpoints.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ??= 'TCP';
    },
    validate: ({ subsets = [] }) => subsets.flatMap((subset, i) => validateSubset(subset, `subsets[${i}]`)),
    warnings: ({ subsets = [] }) =>
      subsets.flatMap((subset, i) => [
        ...addressWarnings(subset.addresses ?? [], `subsets[${i}].addresses`),
        ...addressWarnings(subset.notReadyAddresses ?? [], `subsets[${i}].notReadyAddresses`),
      ]),
  },
});

const shownEndpoints = 3;

/** `10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...` */
function endpointsText(subsets: readonly EndpointSubset[]): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0 ? addresses.map(({ ip }) => ip) : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port))),
  );
  const shown = all.slice(0, shownEndpoints).join(',');
  return all.length > shownEndpoints ? `${shown} + ${all.length - shownEndpoints} more...` : shown;
}

const hostPort = (ip: string, port: number): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

const addressWarnings = (addresses: readonly EndpointAddress[], path: string): string[] =>
  addresses.flatMap(({ ip }, i) => ipWarnings(ip, `${path}[${i}].ip`));

function validateSubset({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (addresses.length === 0 && notReadyAddresses.length === 0) {
    problems.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
  }
  return [
    ...problems,
    ...addresses.flatMap((address, i) => validateAddress(address, `${path}.addresses[${i}]`)),
    ...notReadyAddresses.flatMap((address, i) => validateAddress(address, `${path}.notReadyAddresses[${i}]`)),
    ...ports.flatMap((port, i) => validatePort(port, ports.length > 1, `${path}.ports[${i}]`)),
  ];
}

function validateAddress({ ip, hostname, nodeName }: EndpointAddress, path: string): FieldError[] {
  return [
    ...validateLegacyIp(ip, `${path}.ip`),
    ...(hostname ? validateText(hostname, `${path}.hostname`, dns1123Label) : []),
    ...(nodeName === undefined ? [] : validateText(nodeName, `${path}.nodeName`, dns1123Subdomain)),
    ...validateNonSpecialIp(ip, `${path}.ip`),
  ];
}

function validatePort({ name, port, protocol, appProtocol }: EndpointPort, needsName: boolean, path: string): FieldError[] {
  const namePath = `${path}.name`;
  const nameProblems = name ? validateText(name, namePath, dns1123Label) : needsName ? [required(namePath)] : [];
  return [
    ...nameProblems,
    ...portNumber(port).map((problem) => invalid(`${path}.port`, port, problem)),
    ...validateProtocol(protocol, `${path}.protocol`),
    ...(appProtocol === undefined ? [] : validateText(appProtocol, `${path}.appProtocol`, qualifiedName)),
  ];
}
