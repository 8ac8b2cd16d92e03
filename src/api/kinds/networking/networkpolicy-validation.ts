import { forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '../../generated/networking/v1.ts';
import { validateOptionalSupported, validateSupported, validateText } from '../../validation/field-checks.ts';
import { cidrContains, parseCidr, validateLegacyCidr } from '../../validation/ip.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { portName, portNumber } from '../../validation/names.ts';

const protocols = ['TCP', 'UDP', 'SCTP'];
const policyTypes = ['Ingress', 'Egress'];

export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  const rules = rulesOf(spec).flatMap(({ ports, peers, path, peersPath }) => [
    ...ports.flatMap((port, i) => validatePort(port, `${path}.ports[${i}]`)),
    ...peers.flatMap((peer, i) => validatePeer(peer, `${peersPath}[${i}]`)),
  ]);
  return [
    ...validateLabelSelector(spec.podSelector, {}, 'spec.podSelector'),
    ...rules,
    ...validatePolicyTypes(spec.policyTypes ?? [], 'spec.policyTypes'),
  ];
}

interface Rule {
  readonly ports: readonly NetworkPolicyPort[];
  readonly peers: readonly NetworkPolicyPeer[];
  readonly path: string;
  readonly peersPath: string;
}

function rulesOf({ ingress = [], egress = [] }: NetworkPolicySpec): Rule[] {
  const rule = (direction: string, i: number, peersName: string, ports: Rule['ports'] = [], peers: Rule['peers'] = []): Rule => {
    const path = `spec.${direction}[${i}]`;
    return { ports, peers, path, peersPath: `${path}.${peersName}` };
  };
  return [
    ...ingress.map(({ ports, from }, i) => rule('ingress', i, 'from', ports, from)),
    ...egress.map(({ ports, to }, i) => rule('egress', i, 'to', ports, to)),
  ];
}

/** All address ranges that a policy names, and where. */
export const ipBlocksOf = (spec: NetworkPolicySpec): { block: IPBlock; path: string }[] =>
  rulesOf(spec).flatMap(({ peers, peersPath }) =>
    peers.flatMap(({ ipBlock }, i) => (ipBlock ? [{ block: ipBlock, path: `${peersPath}[${i}].ipBlock` }] : [])),
  );

function validatePort({ port, endPort, protocol }: NetworkPolicyPort, path: string): FieldError[] {
  const problems = validateOptionalSupported(protocol, `${path}.protocol`, protocols);
  const at = `${path}.endPort`;
  if (typeof port === 'number') {
    problems.push(...portNumber(port).map((problem) => invalid(`${path}.port`, port, problem)));
    if (endPort === undefined) return problems;
    if (endPort < port) problems.push(invalid(at, endPort, 'must be greater than or equal to `port`'));
    return [...problems, ...portNumber(endPort).map((problem) => invalid(at, endPort, problem))];
  }
  const lacking = port === undefined ? 'not specified' : 'non-numeric';
  if (endPort !== undefined) problems.push(invalid(at, endPort, `may not be specified when \`port\` is ${lacking}`));
  return port === undefined ? problems : [...problems, ...validateText(port, `${path}.port`, portName)];
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, path: string): FieldError[] {
  const problems = [
    ...validateLabelSelector(podSelector, {}, `${path}.podSelector`),
    ...validateLabelSelector(namespaceSelector, {}, `${path}.namespaceSelector`),
    ...(ipBlock ? validateIpBlock(ipBlock, `${path}.ipBlock`) : []),
  ];
  if (!podSelector && !namespaceSelector && !ipBlock) problems.push(required(path, 'must specify a peer'));
  if (ipBlock && (podSelector || namespaceSelector)) problems.push(forbidden(path, 'may not specify both ipBlock and another peer'));
  return problems;
}

function validateIpBlock({ cidr, except = [] }: IPBlock, path: string): FieldError[] {
  if (!cidr) return [required(`${path}.cidr`)];
  const problems = validateLegacyCidr(cidr, `${path}.cidr`);
  const network = parseCidr(cidr);
  if (!network) return problems;
  except.forEach((text, i) => {
    const at = `${path}.except[${i}]`;
    problems.push(...validateLegacyCidr(text, at));
    const hole = parseCidr(text);
    if (hole && (!cidrContains(network, hole.address) || network.prefixLength >= hole.prefixLength)) {
      problems.push(invalid(at, text, 'must be a strict subset of `cidr`'));
    }
  });
  return problems;
}

function validatePolicyTypes(types: readonly string[], path: string): FieldError[] {
  if (types.length > policyTypes.length) return [invalid(path, types, 'may not specify more than two policyTypes')];
  return types.flatMap((type, i) => validateSupported(type, `${path}[${i}]`, policyTypes));
}
