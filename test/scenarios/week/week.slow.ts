/** A week of 100 nodes with failures by a seed (`SLIPWAY_WEEK_SEED`, `SLIPWAY_WEEK_DAYS`); prints what it saw. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
import { defaultNodes } from '../../../src/cluster/spec.ts';
import { startVirtualControlPlane } from '../../../src/cluster/virtual-control-plane.ts';
import { Failures } from './failures.ts';
import { createWorkloads, deployments, namespace } from './workloads.ts';

const seed = Number(process.env['SLIPWAY_WEEK_SEED'] ?? 1);
const days = Number(process.env['SLIPWAY_WEEK_DAYS'] ?? 7);
const workers = 100;
const minuteMs = 60_000;
/** Between two failures, on average. */
const calmMinutes = 20;

test(`${days} days of ${workers} nodes with failures (seed ${seed})`, async () => {
  const startedMs = performance.now();
  const nodes = defaultNodes('v', workers);
  // Signs of life come every minute, as on large clusters whose owners spare their API server.
  using plane = await startVirtualControlPlane({
    seed,
    nodes,
    freeze: false,
    kubelet: { nodeLeaseDurationSeconds: 240, nodeStatusUpdateFrequencyMs: minuteMs },
    flags: { nodeMonitorGracePeriodMs: 5 * minuteMs, nodeMonitorPeriodMs: 30_000 },
  });
  const { client, clock } = plane;
  const rng = seededRng(seed);
  const failures = new Failures(
    plane,
    nodes.filter(({ role }) => role === 'worker').map(({ name }) => name),
    rng,
  );
  await createWorkloads(client);
  await clock.advance(5 * minuteMs);
  assert.deepEqual(await troubles(client), []);

  let worst = Infinity;
  const endMs = clock.now() + days * 24 * 60 * minuteMs;
  let strikeMs = clock.now();
  while (clock.now() < endMs) {
    if (clock.now() >= strikeMs) {
      await failures.strike();
      strikeMs = clock.now() + (1 + rng.below(2 * calmMinutes)) * minuteMs;
    }
    await failures.repair();
    await clock.advance(minuteMs);
    worst = Math.min(worst, await readyPods(client));
  }
  await failures.repair(true);
  await clock.advance(30 * minuteMs);

  const { items: jobs } = await client.list<JobType>(Job, { namespace });
  const wallSeconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage();
  console.log({
    seed,
    days,
    ...failures.befallen,
    revisions: plane.store.revision,
    timers: plane.timersFired(),
    fewestReadyOf205: worst,
    wallSeconds: Math.round(wallSeconds),
    cpuSeconds: Math.round((user + system) / 1e6),
    heapMiB: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
  });
  assert.deepEqual(await troubles(client), []);
  assert.ok(jobs.length <= 6, `${jobs.length} jobs are kept`);
});

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
