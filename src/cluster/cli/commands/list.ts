import { existsSync, readdirSync } from 'node:fs';
import { daemonStatus } from '../../daemon/launch.ts';
import { clusterHome, clusterNameProblem, slipwayHome } from '../../home.ts';
import { readState, type ClusterState } from '../../state.ts';
import { defineCommand, noArgs, outputFlag, wantsJson, type Io } from '../command.ts';

export const list = defineCommand({
  name: 'list',
  summary: 'List the clusters of this machine.',
  description: 'Lists the clusters that there are, running or not.',
  args: '',
  examples: ['slipway list', 'slipway list -o json'],
  flags: { output: outputFlag },
  async run({ flags, args, io }) {
    noArgs(args);
    const json = wantsJson(flags.output);
    const rows = await Promise.all(clusterNames(io).map((name) => row(name, io)));
    if (json) io.out(JSON.stringify(rows, null, 2));
    else if (rows.length === 0) io.out("There are no clusters. 'slipway up' makes one.");
    else for (const line of table(rows)) io.out(line);
    return 0;
  },
});

/** Names of all clusters, in order. */
export function clusterNames({ environment }: Pick<Io, 'environment'>): string[] {
  try {
    return readdirSync(slipwayHome(environment), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !clusterNameProblem(entry.name))
      .map((entry) => entry.name)
      .filter((name) => existsSync(clusterHome(name, slipwayHome(environment)).state))
      .toSorted();
  } catch {
    return [];
  }
}

interface Row {
  readonly name: string;
  readonly status: 'running' | 'stopped' | 'unfinished' | 'damaged';
  readonly server: string;
  readonly nodes: number;
  readonly version: string;
}

async function row(name: string, io: Io): Promise<Row> {
  const home = clusterHome(name, slipwayHome(io.environment));
  let state: ClusterState | undefined;
  try {
    state = readState(home);
  } catch {
    return { name, status: 'damaged', server: '', nodes: 0, version: '' };
  }
  const running = await daemonStatus(home);
  const port = state?.spec.apiPort;
  return {
    name,
    status: running?.phase === 'ready' ? 'running' : state?.phase === 'created' ? 'stopped' : 'unfinished',
    server: running?.server ?? (port === undefined ? '' : `https://${state?.spec.apiAddress}:${port}`),
    nodes: state?.spec.nodes.length ?? 0,
    version: running?.version ?? state?.version ?? '',
  };
}

function table(rows: readonly Row[]): string[] {
  const cells = [
    ['NAME', 'STATUS', 'SERVER', 'NODES', 'VERSION'],
    ...rows.map((r) => [r.name, r.status, r.server, String(r.nodes), r.version]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('   ')
      .trimEnd(),
  );
}
