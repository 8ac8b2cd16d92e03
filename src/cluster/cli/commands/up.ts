import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { contextName, defaultClusterName, type ClusterHome } from '../../home.ts';
import type { FromConfig } from '../../kind-config.ts';
import { kubeconfigPath } from '../../kubeconfig.ts';
import { mergeInto, read } from '../../kubeconfig-file.ts';
import { LockedError } from '../../process-lock.ts';
import { readState, writeState, type ClusterState } from '../../state.ts';
import { nodesOf } from '../../spec.ts';
import { slipwayVersion } from '../../version.ts';
import { differences, flagWarnings, readConfig, refuseWhatIsNotThere, specOf } from '../asked-cluster.ts';
import { bringUp } from '../bring-up.ts';
import { CommandError, defineCommand, nameFlag, noArgs, outputFlag, UsageError, wantsJson, type Invocation, type Io } from '../command.ts';
import { decryptionFlag } from '../decryption-config.ts';
import { lockCluster, namedCluster } from '../existing-cluster.ts';
import type { ClusterSnapshot } from '../from-snapshot.ts';

const flags = {
  name: nameFlag,
  config: { type: 'string', usage: "A `file` in kind's format (kind.x-k8s.io/v1alpha4, Cluster); - for standard input." },
  nodes: { type: 'string', default: 'simulated', choices: ['simulated'], usage: 'The `kind` of nodes: simulated.' },
  workers: { type: 'int', default: 0, usage: 'Worker nodes beside the control plane.' },
  'sim-nodes': { type: 'int', default: 0, usage: 'More nodes, simulated, in any number up to 10000.' },
  'control-planes': { type: 'int', default: 1, usage: 'Control-plane nodes.' },
  'data-dir': { type: 'string', usage: "A `folder` for the cluster's data; within the cluster's own folder when absent." },
  kubeconfig: { type: 'string', usage: 'Kubeconfig `file` to merge the cluster into; $KUBECONFIG or ~/.kube/config when absent.' },
  'api-port': { type: 'int', default: 0, usage: 'Port of the API server; 6443 if it is free, else any free one, when absent.' },
  'runtime-config': { type: 'strings', usage: "`Pairs` of kube-apiserver's runtime-config, such as api/beta=true." },
  'from-snapshot': { type: 'string', usage: 'An etcd snapshot `file`, whose objects and nodes the new cluster begins with.' },
  'decryption-config': decryptionFlag,
  foreground: { type: 'bool', usage: 'Run in this terminal until interrupted.' },
  output: outputFlag,
} as const;

export const up = defineCommand({
  name: 'up',
  summary: 'Make a cluster, or finish, start and show one that is there.',
  description:
    'Makes a cluster and starts it in the background, merges it into the kubeconfig as the current context, and returns when its API answers. Of a cluster that runs already it says so; one that is stopped or half finished it brings up.',
  args: '',
  examples: [
    'slipway up',
    'slipway up --name test --workers 3',
    'slipway up --sim-nodes 1000',
    'slipway up --config kind.yaml',
    'slipway up --from-snapshot backup.db',
  ],
  flags,
  async run(invocation) {
    const { io } = invocation;
    noArgs(invocation.args);
    refuseWhatIsNotThere(invocation);
    const json = wantsJson(invocation.flags.output);
    if (json && invocation.flags.foreground) throw new UsageError('--output json says what was made, and --foreground does not end');
    const snapshot = await givenSnapshot(invocation);
    const config = snapshot?.config ?? readConfig(invocation);
    for (const warning of [...(config?.warnings ?? []), ...(await flagWarnings(config?.args))]) io.err(`Warning: ${warning}`);
    const name = invocation.given.has('name') ? invocation.flags.name : (config?.name ?? defaultClusterName);
    const home = namedCluster(name, io);

    using lock = await lockCluster(home);
    const state = prepare(home, invocation, config);
    const { spec, kubeconfig } = state;
    await snapshot?.fill(home, state, io);
    if (invocation.flags.foreground) {
      lock[Symbol.dispose]();
      return foreground(home, kubeconfig, io);
    }
    const { status, wasRunning } = await bringUp(home, io);
    await mergeInto(kubeconfig, read(home.kubeconfig)!);
    const nodes = nodesOf(spec).map((node) => node.name);
    const said = { name, context: contextName(name), server: status.server, kubeconfig, nodes, wasRunning };
    const kubectl = kubeconfig === resolve(kubeconfigOf(io)) ? 'kubectl' : `kubectl --kubeconfig ${kubeconfig}`;
    if (json) io.out(JSON.stringify(said, null, 2));
    else for (const line of report(said, io.program, kubectl)) io.out(line);
    return 0;
  },
});

type UpInvocation = Invocation<typeof flags>;

async function givenSnapshot({ flags: asked, given, io }: UpInvocation): Promise<ClusterSnapshot | undefined> {
  if (!given.has('from-snapshot')) {
    if (given.has('decryption-config')) throw new UsageError('--decryption-config goes with --from-snapshot');
    return undefined;
  }
  io.progress('Reading the snapshot');
  const { readClusterSnapshot } = await import('../from-snapshot.ts');
  return readClusterSnapshot(asked['from-snapshot'], given, asked['decryption-config']);
}

/** Where kubectl looks, when nobody tells it where. */
const kubeconfigOf = ({ environment, homeFolder }: Io): string =>
  kubeconfigPath(undefined, environment['KUBECONFIG'], homeFolder, existsSync);

/** Settles what the cluster is, before anything of it is made, and writes it down. */
function prepare(
  home: ClusterHome,
  invocation: UpInvocation,
  config: FromConfig | undefined,
): ClusterState & { readonly kubeconfig: string } {
  const { io, flags: asked } = invocation;
  const before = readState(home);
  const known = before && settled(before, home, invocation, config);
  const kubeconfig = resolve(asked.kubeconfig || (before?.kubeconfig ?? kubeconfigOf(io)));
  // Found out now: a kubeconfig that cannot be merged into.
  read(kubeconfig);
  const state = {
    ...(known ?? ({ format: 1, phase: 'creating', createdAt: new Date().toISOString(), spec: specOf(home, invocation, config) } as const)),
    version: slipwayVersion,
    kubeconfig,
  };
  mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  writeState(home, state);
  return state;
}

/**
 * What there is of the cluster, to be gone on with. Undefined for one that never ran and is wanted
 * otherwise now: it is begun anew. One that did run is what it was made as; asking for another shape
 * must not be ignored in silence.
 */
function settled(
  before: ClusterState,
  home: ClusterHome,
  invocation: UpInvocation,
  config: FromConfig | undefined,
): ClusterState | undefined {
  const changes = differences(before.spec, invocation, config);
  if (changes.length === 0) return before;
  if (before.phase === 'created')
    throw new CommandError(
      `cluster ${JSON.stringify(home.name)} is there already and ${changes.join(', ')}; 'slipway down --name ${home.name}' first, or choose another --name`,
    );
  if (before.spec.dataFolder.startsWith(`${home.folder}/`)) rmSync(before.spec.dataFolder, { recursive: true, force: true });
  return undefined;
}

async function foreground(home: ClusterHome, kubeconfig: string, io: Io): Promise<number> {
  const { runDaemon } = await import('../../daemon/run.ts');
  try {
    await runDaemon(home, io.interrupted, {
      ready: async ({ server }) => {
        await mergeInto(kubeconfig, read(home.kubeconfig)!);
        io.out(`Cluster ${JSON.stringify(home.name)} runs at ${server}. Interrupt to stop it.`);
      },
      log: io.err,
    });
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new CommandError(`cluster ${JSON.stringify(home.name)} runs already, in process ${error.owner.pid}; 'slipway stop' stops it`, {
      cause: error,
    });
  }
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

function report({ name, context, server, kubeconfig, nodes, wasRunning }: Said, program: string, kubectl: string): string[] {
  const named = name === defaultClusterName ? '' : ` --name ${name}`;
  const next = [
    [`${kubectl} get nodes`, ''],
    [`${kubectl} create deployment web --image=nginx`, ''],
    [`${program} status${named}`, 'how it is'],
    [`${program} down${named}`, 'stop it and remove everything of it'],
  ] as const;
  const width = Math.max(...next.map(([command, why]) => (why ? command.length : 0)));
  return [
    wasRunning ? `Cluster ${JSON.stringify(name)} is running already.` : `Cluster ${JSON.stringify(name)} is up.`,
    `  API server   ${server}`,
    `  Nodes        ${nodes.length > 5 ? `${nodes.slice(0, 3).join(', ')} … ${nodes.at(-1)}, ${nodes.length} in all` : nodes.join(', ')} (simulated)`,
    `  Kubeconfig   ${kubeconfig}, current context ${JSON.stringify(context)}`,
    '',
    'Next:',
    ...next.map(([command, why]) => `  ${why ? `${command.padEnd(width)}   ${why}` : command}`),
  ];
}
