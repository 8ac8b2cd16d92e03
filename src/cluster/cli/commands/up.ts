import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { contextName, defaultClusterName } from '../../home.ts';
import { ConfigError, readKindConfig, type FromConfig } from '../../kind-config.ts';
import { kubeconfigPath } from '../../kubeconfig.ts';
import { mergeInto, read } from '../../kubeconfig-file.ts';
import { waitForLock } from '../../process-lock.ts';
import { runDaemon } from '../../daemon/run.ts';
import { defaultNodes, defaultServiceSubnet, type ClusterSpec } from '../../spec.ts';
import { readState, writeState, type ClusterState } from '../../state.ts';
import { slipwayVersion } from '../../version.ts';
import type { ClusterHome } from '../../home.ts';
import { bringUp } from '../bring-up.ts';
import { CommandError, defineCommand, nameFlag, noArgs, outputFlag, UsageError, wantsJson, type Invocation } from '../command.ts';
import { namedCluster } from '../existing-cluster.ts';

const flags = {
  name: nameFlag,
  config: { type: 'string', usage: "A `file` in kind's format (kind.x-k8s.io/v1alpha4, Cluster); - for standard input." },
  nodes: { type: 'string', default: 'simulated', choices: ['simulated'], usage: 'What nodes are made of: `simulated`.' },
  workers: { type: 'int', default: 0, usage: 'Worker nodes beside the control plane.' },
  'control-planes': { type: 'int', default: 1, usage: 'Control-plane nodes.' },
  'data-dir': { type: 'string', usage: "`Folder` for the cluster's data; within the cluster's own folder when absent." },
  kubeconfig: { type: 'string', usage: 'Kubeconfig `file` to merge the cluster into; $KUBECONFIG or ~/.kube/config when absent.' },
  'api-port': { type: 'int', default: 0, usage: 'Port of the API server; 6443 if it is free, else any free one, when absent.' },
  'runtime-config': { type: 'strings', usage: "kube-apiserver's runtime-config, such as `api/beta=true`." },
  foreground: { type: 'bool', usage: 'Run in this terminal until interrupted.' },
  output: outputFlag,
} as const;

export const up = defineCommand({
  name: 'up',
  summary: 'Make a cluster, or finish, start and show one that is there.',
  description:
    'Makes a cluster and starts it in the background, merges it into the kubeconfig as the current context, and returns when its API answers. Of a cluster that runs already it says so; one that is stopped or half finished it brings up.',
  args: '',
  examples: ['slipway up', 'slipway up --name test --workers 3', 'slipway up --config kind.yaml'],
  flags,
  async run(invocation) {
    const { io } = invocation;
    noArgs(invocation.args);
    refuseWhatIsNotThere(invocation);
    const json = wantsJson(invocation.flags.output);
    const config = readConfig(invocation);
    for (const warning of config?.warnings ?? []) io.err(`Warning: ${warning}`);
    const name = invocation.given.has('name') ? invocation.flags.name : (config?.name ?? defaultClusterName);
    const home = namedCluster(name, io);
    mkdirSync(home.folder, { recursive: true, mode: 0o700 });

    using lock = await waitForLock(home.commandLock, 120_000);
    const before = readState(home);
    if (before) refuseChanges(before, invocation, config);
    const merge = kubeconfigPath(
      invocation.flags.kubeconfig || before?.kubeconfig,
      io.environment['KUBECONFIG'],
      io.homeFolder,
      existsSync,
    );
    // Found out now, before anything is made: a kubeconfig that cannot be merged into.
    read(resolve(merge));
    const state: ClusterState = before ?? {
      format: 1,
      version: slipwayVersion,
      phase: 'creating',
      createdAt: new Date().toISOString(),
      spec: specOf(home, invocation, config),
    };
    writeState(home, { ...state, version: slipwayVersion, kubeconfig: resolve(merge) });
    if (invocation.flags.foreground) return foreground(home, invocation, lock);

    const { status, wasRunning } = await bringUp(home, io);
    await mergeInto(resolve(merge), read(home.kubeconfig)!);
    const said = {
      name,
      context: contextName(name),
      server: status.server,
      kubeconfig: resolve(merge),
      nodes: state.spec.nodes.map((node) => node.name),
      wasRunning,
    };
    if (json) io.out(JSON.stringify(said, null, 2));
    else for (const line of report(said)) io.out(line);
    return 0;
  },
});

type UpInvocation = Invocation<typeof flags>;

function refuseWhatIsNotThere({ flags: { nodes, workers, 'control-planes': controlPlanes, 'api-port': port } }: UpInvocation): void {
  if (nodes === 'real' || nodes === 'auto')
    throw new UsageError(`--nodes ${nodes}: nodes with real containers are not there yet; simulated ones are (--nodes simulated)`);
  if (nodes !== 'simulated') throw new UsageError(`--nodes must be simulated, not ${JSON.stringify(nodes)}`);
  if (controlPlanes !== 1)
    throw new UsageError('--control-planes: more than one control plane needs a real etcd cluster, which is not there yet; leave it at 1');
  if (workers < 0 || workers > 1000) throw new UsageError('--workers must be between 0 and 1000');
  if (port < 0 || port > 65535) throw new UsageError('--api-port must be between 1 and 65535');
}

function readConfig({ flags: { config }, given }: UpInvocation): FromConfig | undefined {
  if (config === '') return undefined;
  if (given.has('workers')) throw new UsageError('--workers and --config exclude each other: the file lists the nodes');
  try {
    return readKindConfig(readFileSync(config === '-' ? 0 : config, 'utf8'));
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(`${config}:\n${error.message}`, { cause: error });
    throw new CommandError(`cannot read ${config}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function specOf(home: ClusterHome, { flags: asked }: UpInvocation, config: FromConfig | undefined): ClusterSpec {
  const apiPort = asked['api-port'] || config?.apiPort;
  return {
    name: home.name,
    apiAddress: config?.apiAddress ?? '127.0.0.1',
    ...(apiPort !== undefined && { apiPort }),
    nodes: config?.nodes(home.name) ?? defaultNodes(home.name, asked.workers),
    dataFolder: asked['data-dir'] ? resolve(asked['data-dir'], `slipway-${home.name}`) : resolve(home.folder, 'data'),
    runtimeConfig: { ...config?.runtimeConfig, ...Object.fromEntries(asked['runtime-config'].map(pairOf)) },
    serviceSubnet: config?.serviceSubnet ?? defaultServiceSubnet,
  };
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, 'true'] : [text.slice(0, at), text.slice(at + 1)];
}

/** A cluster is what it was made as; asking for another shape must not be ignored in silence. */
function refuseChanges({ spec }: ClusterState, { flags: asked, given }: UpInvocation, config: FromConfig | undefined): void {
  const workers = spec.nodes.filter((node) => node.role === 'worker').length;
  const changes = [
    ...(given.has('workers') && asked.workers !== workers ? [`has ${workers} workers`] : []),
    ...(given.has('api-port') && asked['api-port'] !== spec.apiPort ? [`has its API on port ${spec.apiPort}`] : []),
    ...(given.has('data-dir') && resolve(asked['data-dir'], `slipway-${spec.name}`) !== spec.dataFolder
      ? [`keeps its data in ${spec.dataFolder}`]
      : []),
    ...(config && config.nodes(spec.name).length !== spec.nodes.length ? [`has ${spec.nodes.length} nodes`] : []),
    ...(given.has('runtime-config') && asked['runtime-config'].map(pairOf).some(([key, value]) => spec.runtimeConfig[key] !== value)
      ? ['has another runtime-config']
      : []),
  ];
  if (changes.length === 0) return;
  throw new CommandError(
    `cluster ${JSON.stringify(spec.name)} is there already and ${changes.join(', ')}; 'slipway down --name ${spec.name}' first, or choose another --name`,
  );
}

async function foreground(home: ClusterHome, { io }: UpInvocation, lock: Disposable): Promise<number> {
  lock[Symbol.dispose]();
  await runDaemon(home, io.interrupted, {
    ready: async ({ server }) => {
      const kubeconfig = readState(home)?.kubeconfig;
      if (kubeconfig) await mergeInto(kubeconfig, read(home.kubeconfig)!);
      io.out(`Cluster ${JSON.stringify(home.name)} runs at ${server}. Interrupt to stop it.`);
    },
    log: io.err,
  });
  return 0;
}

interface Said {
  readonly name: string;
  readonly context: string;
  readonly server: string;
  readonly kubeconfig: string;
  readonly nodes: readonly string[];
  readonly wasRunning: boolean;
}

function report({ name, context, server, kubeconfig, nodes, wasRunning }: Said): string[] {
  const named = name === defaultClusterName ? '' : ` --name ${name}`;
  return [
    wasRunning ? `Cluster ${JSON.stringify(name)} is running already.` : `Cluster ${JSON.stringify(name)} is up.`,
    `  API server   ${server}`,
    `  Nodes        ${nodes.join(', ')} (simulated)`,
    `  Kubeconfig   ${kubeconfig}, current context ${JSON.stringify(context)}`,
    '',
    'Next:',
    `  kubectl get nodes`,
    `  kubectl create deployment web --image=nginx`,
    `  slipway status${named}      how it is`,
    `  slipway down${named}        stop it and remove everything of it`,
  ];
}
