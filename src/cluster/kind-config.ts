import { parseYaml } from '../codec/yaml.ts';
import { parseCidr } from '../api/validation/ip.ts';
import type { ComponentArgs } from './component-args.ts';
import { withHostFiles } from './kind-files.ts';
import { readPatches, type Findings, type KubeadmPatches } from './kubeadm-patches.ts';
import { clusterSettings, extraMounts, nodeSettings, withPodSubnet, type Mount } from './kubeadm-settings.ts';
import { defaultServiceSubnet, workerName, type ClusterSpec, type NodeSpec } from './spec.ts';

/** What a config file says, as far as it has a meaning here. */
export interface FromConfig extends Partial<Pick<ClusterSpec, 'name' | 'apiAddress' | 'apiPort' | 'runtimeConfig' | 'serviceSubnet'>> {
  /** Given the cluster's final name. */
  readonly nodes: (cluster: string) => NodeSpec[];
  /** Flags that kubeadm would hand to the control plane's components; absent when there are none. */
  readonly args?: ComponentArgs;
  /** A sentence for each field that has no meaning here. */
  readonly warnings: readonly string[];
}

/** A config that cannot be obeyed. The message lists every problem. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Fields of kind's format that mean something here; every other is named in a warning. */
const known = {
  top: new Set([
    'kind',
    'apiVersion',
    'name',
    'nodes',
    'networking',
    'runtimeConfig',
    'kubeadmConfigPatches',
    'kubeadmConfigPatchesJSON6902',
  ]),
  node: new Set(['role', 'labels', 'extraMounts', 'kubeadmConfigPatches', 'kubeadmConfigPatchesJSON6902']),
  networking: new Set(['apiServerAddress', 'apiServerPort', 'serviceSubnet', 'podSubnet']),
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

  const found = { problems, warnings };
  const nodes = readNodes(config['nodes'], readPatches(config, '', found), found);
  const serviceSubnet = nodes.serviceSubnet ?? text(networking, 'serviceSubnet', 'networking.', problems) ?? defaultServiceSubnet;
  problems.push(...subnetProblem(serviceSubnet));
  const args = withPodSubnet(nodes.args, text(networking, 'podSubnet', 'networking.', problems));
  const runtimeConfig = record(config, 'runtimeConfig', problems);
  const name = text(config, 'name', '', problems);
  if (problems.length > 0) throw new ConfigError([...new Set(problems)].join('\n'));
  return {
    name,
    apiAddress: address,
    ...(isPort(port) && port !== 0 && { apiPort: port }),
    runtimeConfig: Object.fromEntries(Object.entries(runtimeConfig).map(([name, value]) => [name, String(value)])),
    serviceSubnet,
    nodes: nodes.named,
    ...(Object.keys(args).length > 0 && { args }),
    warnings: [...new Set(warnings)],
  };
}

/** Of one family, and with room for a few Services. */
function subnetProblem(subnet: string): string[] {
  const cidr = parseCidr(subnet);
  if (cidr && cidr.address.length * 8 - cidr.prefixLength >= 4) return [];
  return [`networking.serviceSubnet: ${JSON.stringify(subnet)} is not a subnet with room for Services, such as ${defaultServiceSubnet}`];
}

interface ReadNodes {
  readonly named: FromConfig['nodes'];
  readonly args: ComponentArgs;
  readonly serviceSubnet?: string;
}

/** What the config file says of one node. */
interface ReadNode {
  readonly at: string;
  readonly role: NodeSpec['role'];
  readonly labels: Readonly<Record<string, string>>;
  readonly patches: KubeadmPatches;
  readonly mounts: readonly Mount[];
}

function readNodes(value: unknown, patches: KubeadmPatches, found: Findings): ReadNodes {
  const read = nodeList(value, found).map((node, index) => readNode(node, `nodes[${index}].`, found));
  const controlPlanes = read.filter((node) => node.role === 'control-plane');
  if (controlPlanes.length === 0) found.problems.push('nodes: at least one must have the role "control-plane"');
  if (controlPlanes.length > 1)
    found.problems.push(
      `nodes: ${controlPlanes.length} control-plane nodes need a real etcd cluster, which Slipway does not run yet; ask for one`,
    );
  const settings = read.map((node) => {
    const kind = node === controlPlanes[0] ? 'InitConfiguration' : 'JoinConfiguration';
    const { labels, ...taints } = nodeSettings(kind, [patches, node.patches], found);
    return { role: node.role, labels: { ...node.labels, ...labels }, ...taints };
  });
  const { volumes, ...cluster } = clusterSettings([patches, controlPlanes[0]?.patches ?? none], found);
  const { args, used } = withHostFiles(cluster.args, volumes, controlPlanes[0]?.mounts ?? []);
  if (volumes.some((volume) => !used.has(volume)))
    found.warnings.push('extraVolumes of components have no meaning on simulated nodes but for files of flags, and are ignored');
  for (const { at, mounts } of read)
    if (mounts.some((mount) => !used.has(mount)))
      found.warnings.push(`${at}extraMounts has no meaning on simulated nodes but for files of flags, and is ignored`);
  return {
    ...cluster,
    args,
    named: (name) => {
      let workers = 0;
      return settings.map((node) => ({
        ...node,
        name: node.role === 'worker' ? workerName(name, workers++) : `${name}-control-plane`,
      }));
    },
  };
}

const none: KubeadmPatches = { merge: [], json: [] };

/** One control plane where the config names no nodes. */
function nodeList(value: unknown, { problems }: Findings): readonly unknown[] {
  if (value === undefined || value === null) return [{}];
  if (Array.isArray(value)) return value;
  problems.push('nodes: must be a list');
  return [{}];
}

function readNode(node: unknown, at: string, found: Findings): ReadNode {
  const { problems, warnings } = found;
  if (!isRecord(node)) {
    problems.push(`${at.slice(0, -1)}: must be an object`);
    return { at, role: 'worker', labels: {}, patches: none, mounts: [] };
  }
  warnings.push(...unknownFields(at, node, known.node));
  const role = node['role'] ?? 'control-plane';
  if (role !== 'control-plane' && role !== 'worker')
    problems.push(`${at}role: ${JSON.stringify(role)} is neither "control-plane" nor "worker"`);
  return {
    at,
    role: role === 'control-plane' ? role : 'worker',
    labels: Object.fromEntries(Object.entries(record(node, 'labels', problems, at)).map(([key, label]) => [key, String(label)])),
    patches: readPatches(node, at, found),
    mounts: extraMounts(node['extraMounts']),
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
