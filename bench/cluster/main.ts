/** What whole clusters cost: to start, to grow, to be many. `npm run bench -- cluster`. */
import { apart, type Bounds } from '../apart.ts';
import { keep, median, round, table } from '../report.ts';
import { startBundle } from './bundle-start.ts';
import type { Clusters, Grown, Job, StartTimes } from './measure.ts';

const times = 5;

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
    ['… resident memory after 3 s of rest', `${round(median(bundle.map((one) => one.residentMiB)), 0)} MiB`],
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
  row('Deployment of 1,000 replicas, apply to all Ready, 100 nodes', await measured(rollout, { seconds: 60, heapMiB: 2048 }), 1000);
  row('5,000 nodes, start to all Ready', await measured({ what: 'nodes', simNodes: 5000 }, { seconds: 90, heapMiB: 4096 }));
  for (const thousands of [12.5, 25, 50]) {
    const replicas = 500;
    const job = { what: 'pods', simNodes: 5000, deployments: (thousands * 1000) / replicas, replicas } as const;
    const result = await measured<Grown>(job, { seconds: 180, heapMiB: 7168 });
    row(
      `${thousands * 1000} pods (${job.deployments} Deployments), create to all Running and Ready, 5,000 nodes`,
      result,
      thousands * 1000,
    );
  }
  return `${table(rows)}

Everything is in the one process: store, API server, controllers, scheduler, 5,000 kubelets. Writes are revisions of the
store: pods, their statuses, bindings, events, leases, ReplicaSets, Deployments.`;
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
