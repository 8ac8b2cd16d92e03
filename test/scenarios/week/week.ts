/**
 * A week of 100 nodes with failures by a seed. A program, since in the test runner's own process all of
 * it takes twice as long: `week.ts SEED DAYS` prints what it saw.
 */
import { seededRng } from '../../../src/base/rng.ts';
import type { Deployment as DeploymentType, StatefulSet as StatefulSetType } from '../../../src/api/generated/apps/v1.ts';
import type { Job as JobType } from '../../../src/api/generated/batch/v1.ts';
import type { Node as NodeType, Pod as PodType } from '../../../src/api/generated/core/v1.ts';
import { Deployment } from '../../../src/api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../../src/api/kinds/apps/replicaset.ts';
import { StatefulSet } from '../../../src/api/kinds/apps/statefulset.ts';
import { Job } from '../../../src/api/kinds/batch/job.ts';
import { isTrue } from '../../../src/api/kinds/conditions.ts';
import { Node } from '../../../src/api/kinds/core/node.ts';
import { Pod } from '../../../src/api/kinds/core/pod.ts';
import { isReady } from '../../../src/api/pods/pod-state.ts';
import type { Client } from '../../../src/client/client.ts';
import { heartbeats } from '../session.ts';
import { defaultNodes } from '../../../src/cluster/spec.ts';
import { startVirtualControlPlane } from '../../../src/cluster/virtual-control-plane.ts';
import { Failures, type Befallen } from './failures.ts';
import { createWorkloads, deployments, namespace } from './workloads.ts';

export interface Week extends Befallen {
  readonly revisions: number;
  readonly timers: number;
  /** Of 205 pods of deployments and the database, how many were ready in the worst minute. */
  readonly fewestReady: number;
  readonly jobsKept: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly heapMiB: number;
  /** What was not as it should be, soon after the start and when all had been made good. */
  readonly troublesAtStart: readonly string[];
  readonly troublesAtEnd: readonly string[];
}

const workers = 100;
const minuteMs = 60_000;
/** Between two failures, on average. */
const calmMinutes = 20;

async function week(seed: number, days: number): Promise<Week> {
  const nodes = defaultNodes('v', workers);
  // Signs of life come every minute, as on large clusters whose owners spare their API server.
  using plane = await startVirtualControlPlane({ seed, nodes, freeze: false, ...heartbeats(minuteMs) });
  const { client, clock } = plane;
  const names = nodes.filter(({ role }) => role === 'worker').map(({ name }) => name);
  const rng = seededRng(seed);
  const failures = new Failures(plane, names, rng);
  await createWorkloads(client);
  await clock.advance(5 * minuteMs);
  const troublesAtStart = await troubles(client);

  let fewestReady = Infinity;
  const endMs = clock.now() + days * 24 * 60 * minuteMs;
  let strikeMs = clock.now();
  while (clock.now() < endMs) {
    if (clock.now() >= strikeMs) {
      await failures.strike();
      strikeMs = clock.now() + (1 + rng.below(2 * calmMinutes)) * minuteMs;
    }
    await failures.repair();
    await clock.advance(minuteMs);
    fewestReady = Math.min(fewestReady, await readyPods(client));
  }
  await failures.repair(true);
  await clock.advance(30 * minuteMs);

  const { items: jobs } = await client.list<JobType>(Job, { namespace });
  const { user, system } = process.cpuUsage();
  return {
    ...failures.befallen,
    revisions: plane.store.revision,
    timers: plane.timersFired(),
    fewestReady,
    jobsKept: jobs.length,
    wallSeconds: Math.round(performance.now() / 1000),
    cpuSeconds: Math.round((user + system) / 1e6),
    heapMiB: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
    troublesAtStart,
    troublesAtEnd: await troubles(client),
  };
}

/** Of deployments and the database. */
async function readyPods(client: Client): Promise<number> {
  const { items } = await client.list<PodType>(Pod, { namespace }, { labelSelector: 'app notin (agent)' });
  return items.filter((pod) => pod.metadata.labels?.['app'] !== undefined && isReady(pod)).length;
}

/** What is not as it should be in a cluster that was left alone for a while. */
async function troubles(client: Client): Promise<string[]> {
  const found: string[] = [];
  const { items: nodes } = await client.list<NodeType>(Node);
  for (const { metadata, status, spec } of nodes) {
    if (!isTrue(status.conditions, 'Ready')) found.push(`node ${metadata.name} is not ready`);
    if (spec.taints?.some(({ key }) => key.startsWith('node.kubernetes.io/'))) found.push(`node ${metadata.name} is tainted`);
  }
  for (const name of deployments) {
    const { spec, status } = await client.get<DeploymentType>(Deployment, { namespace, name });
    const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
    if (replicas !== spec.replicas || updatedReplicas !== spec.replicas || availableReplicas !== spec.replicas)
      found.push(`deployment ${name}: ${replicas} pods, ${updatedReplicas} new, ${availableReplicas} available`);
  }
  const { status } = await client.get<StatefulSetType>(StatefulSet, { namespace, name: 'db' });
  if (status.readyReplicas !== 5) found.push(`the database has ${status.readyReplicas} of 5`);
  return [...found, ...(await podTroubles(client, nodes.length - 1))];
}

async function podTroubles(client: Client, workerCount: number): Promise<string[]> {
  const found: string[] = [];
  const { items: pods } = await client.list<PodType>(Pod, { namespace });
  const { items: sets } = await client.list(ReplicaSet, { namespace });
  const owners = new Set(sets.map(({ metadata }) => metadata.uid));
  for (const pod of pods) {
    const [owner] = pod.metadata.ownerReferences ?? [];
    if (owner?.kind === 'ReplicaSet' && !owners.has(owner.uid)) found.push(`pod ${pod.metadata.name} is an orphan`);
    if (owner?.kind !== 'Job' && !isReady(pod)) found.push(`pod ${pod.metadata.name} is ${pod.status.phase}, not ready`);
  }
  const agents = pods.filter(({ metadata }) => metadata.labels?.['app'] === 'agent');
  if (agents.length !== workerCount) found.push(`${agents.length} agents on ${workerCount} nodes`);
  return found;
}

const [seed = '1', days = '7'] = process.argv.slice(2);
console.log(JSON.stringify(await week(Number(seed), Number(days))));
process.exit(0);
