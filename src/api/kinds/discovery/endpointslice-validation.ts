import { duplicate, invalid, required, tooMany, type FieldError } from '../../field-error.ts';
import type { Endpoint, EndpointHints, EndpointPort, EndpointSlice } from '../../generated/discovery/v1.ts';
import { validateFullyQualifiedDomainName } from '../../validation/domain-names.ts';
import { validateRequiredSupported, validateText } from '../../validation/field-checks.ts';
import { isIpv4, isIpv6, validateLegacyIp } from '../../validation/ip.ts';
import { validateLabels } from '../../validation/label-selector.ts';
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName, type NameCheck } from '../../validation/names.ts';
import { validateNonSpecialIp } from '../core/special-ip.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20_000;
const maxTopologyLabels = 16;
const maxHints = 8;

export function validateEndpointSlice({ addressType, endpoints = [], ports = [] }: EndpointSlice): FieldError[] {
  return [
    ...validateRequiredSupported(addressType, 'addressType', addressTypes),
    ...(endpoints.length > maxEndpoints
      ? [tooMany('endpoints', endpoints.length, maxEndpoints)]
      : endpoints.flatMap((endpoint, i) => validateEndpoint(endpoint, addressType, `endpoints[${i}]`))),
    ...(ports.length > maxPorts ? [tooMany('ports', ports.length, maxPorts)] : validatePorts(ports, 'ports')),
  ];
}

function validateEndpoint(endpoint: Endpoint, addressType: string, path: string): FieldError[] {
  const { nodeName, deprecatedTopology, hostname, hints } = endpoint;
  const addresses = endpoint.addresses ?? [];
  const problems: FieldError[] = [];
  const at = `${path}.addresses`;
  if (addresses.length === 0) problems.push(required(at, 'must contain at least 1 address'));
  if (addresses.length > maxAddresses) problems.push(tooMany(at, addresses.length, maxAddresses));
  problems.push(...addresses.flatMap((address, i) => validateAddress(address, addressType, `${at}[${i}]`)));
  if (nodeName !== undefined) problems.push(...validateText(nodeName, `${path}.nodeName`, dns1123Subdomain));
  const labels = Object.keys(deprecatedTopology ?? {}).length;
  if (labels > maxTopologyLabels) problems.push(tooMany(`${path}.deprecatedTopology`, labels, maxTopologyLabels));
  problems.push(...validateLabels(deprecatedTopology, `${path}.deprecatedTopology`));
  if (hostname !== undefined) problems.push(...validateText(hostname, `${path}.hostname`, dns1123Label));
  return hints ? [...problems, ...validateHints(hints, `${path}.hints`)] : problems;
}

function validateAddress(address: string, addressType: string, path: string): FieldError[] {
  if (addressType === 'FQDN') return validateFullyQualifiedDomainName(address, path);
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return [];
  const problems = validateLegacyIp(address, path);
  if (problems.length > 0) return problems;
  const isOfFamily = addressType === 'IPv4' ? isIpv4 : isIpv6;
  const family = isOfFamily(address) ? [] : [invalid(path, address, `must be an ${addressType} address`)];
  return [...family, ...validateNonSpecialIp(address, path)];
}

function validateHints({ forZones = [], forNodes = [] }: EndpointHints, path: string): FieldError[] {
  return [
    ...validateHintNames(forZones, labelValue, `${path}.forZones`),
    ...validateHintNames(forNodes, dns1123Subdomain, `${path}.forNodes`),
  ];
}

function validateHintNames(hints: readonly { readonly name: string }[], check: NameCheck, path: string): FieldError[] {
  if (hints.length > maxHints) return [tooMany(path, hints.length, maxHints)];
  return hints.flatMap(({ name }, i) => {
    const at = `${path}[${i}].name`;
    const isTwice = hints.findIndex((earlier) => earlier.name === name) < i;
    return [...(isTwice ? [duplicate(at, name)] : []), ...validateText(name, at, check)];
  });
}

function validatePorts(ports: readonly EndpointPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name = '', protocol, appProtocol }, i) => {
    const at = `${path}[${i}]`;
    const problems = name ? validateText(name, `${at}.name`, dns1123Label) : [];
    if (names.has(name)) problems.push(duplicate(`${at}.name`, name));
    names.add(name);
    problems.push(...validateRequiredSupported(protocol, `${at}.protocol`, protocols));
    return appProtocol === undefined ? problems : [...problems, ...validateText(appProtocol, `${at}.appProtocol`, qualifiedName)];
  });
}
