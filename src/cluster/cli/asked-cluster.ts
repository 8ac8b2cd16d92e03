import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ClusterHome } from '../home.ts';
import type { ComponentArgs } from '../component-args.ts';
import { ConfigError, readKindConfig, type FromConfig } from '../kind-config.ts';
import { defaultNodes, defaultServiceSubnet, type ClusterSpec } from '../spec.ts';
import { CommandError, UsageError } from './command.ts';

/** The flags of `up` that say what a cluster is to be. */
export interface ShapeFlags {
  readonly config: string;
  readonly nodes: string;
  readonly workers: number;
  readonly 'sim-nodes': number;
  readonly 'control-planes': number;
  readonly 'data-dir': string;
  readonly kubeconfig: string;
  readonly 'api-port': number;
  readonly 'runtime-config': readonly string[];
}

export interface Asked {
  readonly flags: ShapeFlags;
  readonly given: ReadonlySet<string>;
}

export function refuseWhatIsNotThere({ flags, given }: Asked): void {
  const { nodes, workers, 'control-planes': controlPlanes, 'api-port': port } = flags;
  if (nodes === 'real' || nodes === 'auto')
    throw new UsageError(`--nodes ${nodes}: nodes with real containers are not there yet; simulated ones are (--nodes simulated)`);
  if (nodes !== 'simulated') throw new UsageError(`--nodes must be simulated, not ${JSON.stringify(nodes)}`);
  if (controlPlanes !== 1)
    throw new UsageError('--control-planes: more than one control plane needs a real etcd cluster, which is not there yet; leave it at 1');
  if (workers < 0 || workers > 1000) throw new UsageError('--workers must be between 0 and 1000');
  if (flags['sim-nodes'] < 0 || flags['sim-nodes'] > 10_000) throw new UsageError('--sim-nodes must be between 0 and 10000');
  for (const name of ['data-dir', 'kubeconfig'] as const)
    if (given.has(name) && flags[name] === '') throw new UsageError(`--${name} must not be empty`);
  if (port < (given.has('api-port') ? 1 : 0) || port > 65535) throw new UsageError('--api-port must be between 1 and 65535');
}

/** Undefined without a `--config`. */
export function readConfig({ flags: { config }, given }: Asked): FromConfig | undefined {
  if (!given.has('config')) return undefined;
  if (config === '') throw new UsageError('--config needs a file');
  if (given.has('workers')) throw new UsageError('--workers and --config exclude each other: the file lists the nodes');
  const shown = config === '-' ? 'standard input' : config;
  try {
    return readKindConfig(readFileSync(config === '-' ? 0 : config, 'utf8'));
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(`${shown}:\n${error.message}`, { cause: error });
    throw new CommandError(`cannot read ${shown}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export function specOf(home: ClusterHome, { flags: asked }: Asked, config: FromConfig | undefined): ClusterSpec {
  const apiPort = asked['api-port'] || config?.apiPort;
  return {
    name: home.name,
    apiAddress: config?.apiAddress ?? '127.0.0.1',
    ...(apiPort !== undefined && { apiPort }),
    nodes: config?.nodes(home.name) ?? defaultNodes(home.name, asked.workers),
    ...(asked['sim-nodes'] > 0 && { simNodes: asked['sim-nodes'] }),
    dataFolder: asked['data-dir'] ? dataFolderIn(asked['data-dir'], home.name) : resolve(home.folder, 'data'),
    runtimeConfig: { ...config?.runtimeConfig, ...Object.fromEntries(asked['runtime-config'].map(pairOf)) },
    serviceSubnet: config?.serviceSubnet ?? defaultServiceSubnet,
    ...(config?.args && { args: config.args }),
  };
}

/** Tries flags of components before anything is made with them; answers a sentence for each that has no effect. */
export async function flagWarnings(args: ComponentArgs | undefined): Promise<readonly string[]> {
  if (!args) return [];
  // Only who sets flags waits for the components' code to load.
  const { settingsOf } = await import('../component-args.ts');
  try {
    return settingsOf(args, (path) => readFileSync(path, 'utf8')).warnings;
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** What a cluster that is there has, and was asked to have otherwise, in words that follow its name. Only what was given counts. */
export function differences(spec: ClusterSpec, { flags: asked, given }: Asked, config: FromConfig | undefined): string[] {
  const workers = spec.nodes.filter((node) => node.role === 'worker').length;
  const port = given.has('api-port') ? asked['api-port'] : config?.apiPort;
  const runtimeConfig = { ...config?.runtimeConfig, ...Object.fromEntries(asked['runtime-config'].map(pairOf)) };
  return [
    ...(given.has('workers') && asked.workers !== workers ? [`has ${workers} workers`] : []),
    ...(given.has('sim-nodes') && asked['sim-nodes'] !== (spec.simNodes ?? 0) ? [`has ${spec.simNodes ?? 0} more simulated nodes`] : []),
    ...(config && !sameNodes(config.nodes(spec.name), spec.nodes)
      ? [`has the nodes ${spec.nodes.map((node) => node.name).join(', ')}`]
      : []),
    ...(port !== undefined && port !== spec.apiPort ? [`has its API on port ${spec.apiPort ?? 'that it chooses'}`] : []),
    ...(config?.apiAddress !== undefined && config.apiAddress !== spec.apiAddress ? [`has its API at ${spec.apiAddress}`] : []),
    ...(config?.serviceSubnet !== undefined && config.serviceSubnet !== spec.serviceSubnet
      ? [`has Services in ${spec.serviceSubnet}`]
      : []),
    ...(given.has('data-dir') && dataFolderIn(asked['data-dir'], spec.name) !== spec.dataFolder
      ? [`keeps its data in ${spec.dataFolder}`]
      : []),
    ...(config && JSON.stringify(config.args ?? {}) !== JSON.stringify(spec.args ?? {}) ? ['has other flags of its components'] : []),
    ...(Object.entries(runtimeConfig).some(([key, value]) => spec.runtimeConfig[key] !== value) ? ['has another runtime-config'] : []),
  ];
}

const sameNodes = (a: ClusterSpec['nodes'], b: ClusterSpec['nodes']): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A folder of the cluster's own in the one that was given, so that `down` removes nothing else. */
const dataFolderIn = (given: string, name: string): string => resolve(given, `slipway-${name}`);

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, 'true'] : [text.slice(0, at), text.slice(at + 1)];
}
