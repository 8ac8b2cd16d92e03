/** One measurement of a cluster that lives in the measuring process. */
import type { Deployment as DeploymentType } from '../../src/api/generated/apps/v1.ts';
import { Deployment } from '../../src/api/kinds/apps/deployment.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Namespace } from '../../src/api/kinds/core/namespace.ts';
import type { Client } from '../../src/client/client.ts';
import { startCluster, type Cluster } from '../../src/cluster/index.ts';
import { answer, costing, givenJob, peakMiB, type Cost } from '../apart.ts';
import { nodesReady, podsReady } from './watching.ts';

export type Job =
  | { readonly what: 'start'; readonly workers: number; readonly times: number }
  | { readonly what: 'pods'; readonly simNodes: number; readonly deployments: number; readonly replicas: number }
  | { readonly what: 'clusters'; readonly count: number };

export interface StartTimes {
  readonly milliseconds: readonly number[];
}
export interface Grown extends Cost {
  /** To the whole process, module loading included. */
  readonly peakMiB: number;
  readonly heapMiB: number;
  readonly writes: number;
}
export interface Growth {
  readonly nodes: Grown;
  readonly pods: Grown;
}
export interface Clusters extends Cost {
  readonly mibEach: number;
}

answer(await measure((await givenJob()) as Job));

function measure(job: Job): Promise<object> {
  switch (job.what) {
    case 'start':
      return starts(job.workers, job.times);
    case 'pods':
      return pods(job);
    case 'clusters':
      return clusters(job.count);
  }
}

async function starts(workers: number, times: number): Promise<StartTimes> {
  const milliseconds: number[] = [];
  for (let n = 0; n < times; n++) {
    const cost = costing();
    await using cluster = await startCluster({ workers });
    await nodesReady(cluster.client, workers + 1);
    milliseconds.push(cost().seconds * 1000);
  }
  return { milliseconds };
}

/** First from the start to the last node Ready, then from the first create to the last pod Running and Ready. */
async function pods({ simNodes, deployments, replicas }: { simNodes: number; deployments: number; replicas: number }): Promise<Growth> {
  const starting = costing();
  const cluster = await startCluster({ simNodes });
  const { client } = cluster;
  await nodesReady(client, simNodes + 1);
  const nodes = await grown(cluster, starting(), 0);
  const before = await revision(client);
  const cost = costing();
  const ready = podsReady(client, deployments * replicas);
  await client.create(Namespace, { metadata: { name: 'bench' }, spec: {}, status: {} });
  await Promise.all(Array.from({ length: deployments }, (_, index) => client.create(Deployment, deploymentOf(`web-${index}`, replicas))));
  await ready;
  return { nodes, pods: await grown(cluster, cost(), before) };
}

async function grown({ client }: Cluster, cost: Cost, before: number): Promise<Grown> {
  const writes = (await revision(client)) - before;
  const peak = peakMiB();
  globalThis.gc?.();
  return { ...cost, peakMiB: peak, heapMiB: process.memoryUsage().heapUsed / 2 ** 20, writes };
}

/** Each write has one: events, leases and statuses are counted too. */
async function revision(client: Client): Promise<number> {
  return Number((await client.list(Node, {}, { limit: 1 })).metadata.resourceVersion);
}

function deploymentOf(name: string, replicas: number): DeploymentType {
  const labels = { app: name };
  const resources = { requests: { cpu: '100m', memory: '64Mi' } };
  return {
    metadata: { name, namespace: 'bench' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1.27', resources }] } },
    },
    status: {},
  };
}

async function clusters(count: number): Promise<Clusters> {
  await using first = await startCluster();
  await nodesReady(first.client, 1);
  const before = restMiB();
  const cost = costing();
  const started = await Promise.all(Array.from({ length: count }, (_, index) => startCluster({ name: `c${index}` })));
  await Promise.all(started.map(({ client }) => nodesReady(client, 1)));
  const took = cost();
  const mibEach = (restMiB() - before) / count;
  await Promise.all(started.map((cluster) => cluster.stop()));
  return { ...took, mibEach };
}

function restMiB(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
