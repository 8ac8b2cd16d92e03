/** What whole clusters cost: to start, to grow, to be many. `npm run bench -- cluster`, or for more pods `tools/node bench/cluster/main.ts 50000`. */
import { apart, type Bounds } from '../apart.ts';
import { keep, median, round, table } from '../report.ts';
import { startBundle } from './bundle-start.ts';
import type { Clusters, Grown, Growth, Job, StartTimes } from './measure.ts';

const times = 5;
const nodes = 5000;
const replicas = 500;
/** Measured at a quarter, a half and the whole of it. Another number may be given: 50000 takes a quarter of an hour. */
const mostPods = Number(process.argv[2] ?? 20_000);

const sections = [
  ['Start to nodes Ready', await starts()],
  ['Growth', await growth()],
  ['Many clusters in one process', await many()],
];
keep('cluster', sections.map(([heading, text]) => `## ${heading}\n\n${text}`).join('\n\n'));

function measured<Result>(job: Job, bounds: Bounds): Promise<Result> {
  return apart<Result>('cluster/measure.ts', job, bounds);
}

async function starts(): Promise<string> {
  const bundle = [];
  for (let n = 0; n < times; n++) bundle.push(await startBundle(2));
  const { milliseconds } = await measured<StartTimes>({ what: 'start', workers: 2, times: times + 1 }, { seconds: 60, heapMiB: 2048 });
  const [first, ...later] = milliseconds;
  return table([
    ['a control plane and 2 workers, simulated', `median of ${times}`],
    ['`slipway up --foreground`, process start to API answering', `${round(median(bundle.map((one) => one.answeredMs)), 0)} ms`],
    ['… to the 3 nodes Ready', `${round(median(bundle.map((one) => one.readyMs)), 0)} ms`],
    ['… resident memory after 1 s of rest', `${round(median(bundle.map((one) => one.residentMiB)), 0)} MiB`],
    ['`startCluster` to the 3 nodes Ready, the first in a process', `${round(first!, 0)} ms (one)`],
    ['… each later one', `${round(median(later), 0)} ms`],
  ]);
}

async function growth(): Promise<string> {
  const rows = [['what', 'wall s', 'CPU s', 'peak MiB', 'heap after, MiB', 'writes', 'a pod: CPU ms', 'writes']];
  const row = (what: string, { seconds, cpuSeconds, peakMiB, heapMiB, writes }: Grown, pods?: number): void => {
    const each = pods === undefined ? ['', ''] : [round((cpuSeconds * 1000) / pods, 2), round(writes / pods)];
    rows.push([what, round(seconds), round(cpuSeconds), round(peakMiB, 0), round(heapMiB, 0), String(writes), ...each]);
  };
  const rollout = { what: 'pods', simNodes: 100, deployments: 1, replicas: 1000 } as const;
  const { pods: rolled } = await measured<Growth>(rollout, { seconds: 60, heapMiB: 2048 });
  row('Deployment of 1,000 replicas, create to all Ready, 100 nodes', rolled, 1000);
  for (const part of [4, 2, 1]) {
    const deployments = Math.round(mostPods / part / replicas);
    const count = deployments * replicas;
    const job = { what: 'pods', simNodes: nodes, deployments, replicas } as const;
    const what = `${count} pods (${deployments} Deployments), create to all Running and Ready, ${nodes} nodes`;
    try {
      const result = await measured<Growth>(job, { seconds: 60 + count / 80, heapMiB: 7168 });
      if (part === 4) row(`${nodes} nodes, start to all Ready`, result.nodes);
      row(what, result.pods, count);
    } catch (error) {
      rows.push([what, error instanceof Error ? error.message : String(error), '', '', '', '', '', '']);
    }
  }
  return `${table(rows)}

Everything is in the one process: store, API server, controllers, scheduler, ${nodes} kubelets. Writes are revisions of the
store: pods, their statuses, bindings, events, the nodes' leases, ReplicaSets, Deployments.`;
}

async function many(): Promise<string> {
  const count = 50;
  const { seconds, cpuSeconds, mibEach } = await measured<Clusters>({ what: 'clusters', count }, { seconds: 90, heapMiB: 6144 });
  return table([
    [`${count} clusters at once, one node each`, ''],
    ['all nodes Ready', `${round(seconds)} s (${round((seconds * 1000) / count, 0)} ms each)`],
    ['CPU', `${round(cpuSeconds)} s`],
    ['memory each', `${round(mibEach)} MiB`],
  ]);
}
