import { parseYaml } from '../codec/yaml.ts';
import { parseCidr } from '../api/validation/ip.ts';
import { defaultNodes, defaultServiceSubnet, workerName, type ClusterSpec, type NodeSpec } from './spec.ts';

/** What a config file says, as far as it has a meaning here. */
export interface FromConfig extends Partial<Pick<ClusterSpec, 'name' | 'apiAddress' | 'apiPort' | 'runtimeConfig' | 'serviceSubnet'>> {
  /** Given the cluster's final name. */
  readonly nodes: (cluster: string) => NodeSpec[];
  /** A sentence for each field that has no meaning here. */
  readonly warnings: readonly string[];
}

/** A config that cannot be obeyed. The message lists every problem. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Fields of kind's format that mean something here; every other is named in a warning. */
const known = {
  top: new Set(['kind', 'apiVersion', 'name', 'nodes', 'networking', 'runtimeConfig']),
  node: new Set(['role', 'labels']),
  networking: new Set(['apiServerAddress', 'apiServerPort', 'serviceSubnet']),
};

/** Reads kind's `kind.x-k8s.io/v1alpha4` Cluster. */
export function readKindConfig(source: string): FromConfig {
  let config: unknown;
  try {
    config = parseYaml(source);
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (!isRecord(config)) throw new ConfigError('the config is not an object');
  const problems: string[] = [];
  const warnings: string[] = [];
  if (config['kind'] !== 'Cluster') problems.push(`kind: must be "Cluster", not ${JSON.stringify(config['kind'] ?? '')}`);
  if (config['apiVersion'] !== 'kind.x-k8s.io/v1alpha4')
    problems.push(`apiVersion: must be "kind.x-k8s.io/v1alpha4", not ${JSON.stringify(config['apiVersion'] ?? '')}`);
  warnings.push(...unknownFields('', config, known.top));

  const networking = record(config, 'networking', problems);
  warnings.push(...unknownFields('networking.', networking, known.networking));
  const address = text(networking, 'apiServerAddress', 'networking.', problems);
  if (address !== undefined && !isLoopback(address))
    problems.push(`networking.apiServerAddress: ${JSON.stringify(address)} is not on loopback, where Slipway listens`);
  const port = networking['apiServerPort'];
  if (port !== undefined && !isPort(port))
    problems.push(`networking.apiServerPort: ${JSON.stringify(port)} is not a port between 0 and 65535`);

  const serviceSubnet = text(networking, 'serviceSubnet', 'networking.', problems) ?? defaultServiceSubnet;
  problems.push(...subnetProblem(serviceSubnet));
  const nodes = readNodes(config['nodes'], problems, warnings);
  const runtimeConfig = record(config, 'runtimeConfig', problems);
  const name = text(config, 'name', '', problems);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return {
    name,
    apiAddress: address,
    ...(isPort(port) && port !== 0 && { apiPort: port }),
    runtimeConfig: Object.fromEntries(Object.entries(runtimeConfig).map(([name, value]) => [name, String(value)])),
    serviceSubnet,
    nodes,
    warnings,
  };
}

/** Of one family, and with room for a few Services. */
function subnetProblem(subnet: string): string[] {
  const cidr = parseCidr(subnet);
  if (cidr && cidr.address.length * 8 - cidr.prefixLength >= 4) return [];
  return [`networking.serviceSubnet: ${JSON.stringify(subnet)} is not a subnet with room for Services, such as ${defaultServiceSubnet}`];
}

function readNodes(value: unknown, problems: string[], warnings: string[]): FromConfig['nodes'] {
  if (value === undefined || value === null) return (cluster) => defaultNodes(cluster, 0);
  if (!Array.isArray(value)) {
    problems.push('nodes: must be a list');
    return () => [];
  }
  const read = value.map((node: unknown, index) => {
    const at = `nodes[${index}].`;
    if (!isRecord(node)) {
      problems.push(`nodes[${index}]: must be an object`);
      return { role: 'worker' as const, labels: {} };
    }
    warnings.push(...unknownFields(at, node, known.node));
    const role = node['role'] ?? 'control-plane';
    if (role !== 'control-plane' && role !== 'worker')
      problems.push(`${at}role: ${JSON.stringify(role)} is neither "control-plane" nor "worker"`);
    const labels = Object.fromEntries(Object.entries(record(node, 'labels', problems, at)).map(([key, label]) => [key, String(label)]));
    return { role: role === 'control-plane' ? ('control-plane' as const) : ('worker' as const), labels };
  });
  const controlPlanes = read.filter((node) => node.role === 'control-plane').length;
  if (controlPlanes === 0) problems.push('nodes: at least one must have the role "control-plane"');
  if (controlPlanes > 1)
    problems.push(`nodes: ${controlPlanes} control-plane nodes need a real etcd cluster, which Slipway does not run yet; ask for one`);
  return (cluster) => {
    let workers = 0;
    return read.map(({ role, labels }) => ({
      role,
      labels,
      name: role === 'worker' ? workerName(cluster, workers++) : `${cluster}-control-plane`,
    }));
  };
}

const unknownFields = (at: string, value: Readonly<Record<string, unknown>>, names: ReadonlySet<string>): string[] =>
  Object.keys(value)
    .filter((name) => !names.has(name))
    .map((name) => `${at}${name} has no meaning on simulated nodes and is ignored`);

function record(parent: Readonly<Record<string, unknown>>, name: string, problems: string[], at = ''): Readonly<Record<string, unknown>> {
  const value = parent[name];
  if (value === undefined || value === null) return {};
  if (isRecord(value)) return value;
  problems.push(`${at}${name}: must be an object`);
  return {};
}

function text(parent: Readonly<Record<string, unknown>>, name: string, at: string, problems: string[]): string | undefined {
  const value = parent[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  problems.push(`${at}${name}: must be a string`);
  return undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPort = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535;

export const isLoopback = (address: string): boolean => /^127(\.\d{1,3}){3}$/.test(address) || address === '::1' || address === 'localhost';
