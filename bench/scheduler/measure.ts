/**
 * One workload against an API server in the same process, as upstream's are against one in theirs: no
 * controllers, no kubelets, nodes made through the API. What is measured begins with the first create
 * and ends when the last pod is bound, so making the pods is part of it.
 */
import { seededRng } from '../../src/base/rng.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Env } from '../../src/base/env.ts';
import type { Pod as PodType } from '../../src/api/generated/core/v1.ts';
import { allKinds } from '../../src/api/kinds/all.ts';
import { Namespace } from '../../src/api/kinds/core/namespace.ts';
import { Node } from '../../src/api/kinds/core/node.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { ServiceAccount } from '../../src/api/kinds/core/serviceaccount.ts';
import { PriorityClass } from '../../src/api/kinds/scheduling/priorityclass.ts';
import { startApiServer } from '../../src/apiserver/server.ts';
import type { Client } from '../../src/client/client.ts';
import { typedClient } from '../../src/client/typed-client.ts';
import { realClock } from '../../src/machine/real/clock.ts';
import { nodeCrypto } from '../../src/machine/real/crypto.ts';
import { kubeScheduler } from '../../src/scheduler/scheduler.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { answer, costing, givenJob, peakMiB, type Cost } from '../apart.ts';
import { highPriority, nodeOf, podOf, templates, type TemplateName } from './templates.ts';
import type { Batch, Workload } from './workloads.ts';

export interface Measured extends Cost {
  readonly podsPerSecond: number;
  readonly peakMiB: number;
}

/** Requests at the same time: upstream makes its pods with so many goroutines. */
const makers = 30;
const churnMs = 200;

answer(await measure((await givenJob()) as Workload));

async function measure(workload: Workload): Promise<Measured> {
  const env: Env = { clock: realClock, rng: seededRng(1), crypto: nodeCrypto(), log: silentLog, signal: new AbortController().signal };
  const client = await startServer(env);
  const { init, measured, churn, nodes, zones = [], bigNode = false } = workload;
  await inParallel(nodes, (index) => {
    const labels = zones.length > 0 ? { 'topology.kubernetes.io/zone': zones[index % zones.length]! } : undefined;
    return makeNode(client, `scheduler-perf-${index}`, { ...labels });
  });
  if (bigNode) await makeNode(client, 'scheduler-perf-node', {}, '90000');
  const bound = boundPods(client);
  if (init) await schedule(client, bound, init, 'init');
  const endChurn = churn && startChurn(client, churn);
  const cost = costing();
  await schedule(client, bound, measured, 'measured');
  const took = cost();
  endChurn?.();
  return { ...took, podsPerSecond: measured.count / took.seconds, peakMiB: peakMiB() };
}

async function startServer(env: Env): Promise<Client> {
  const api = await startApiServer({
    env,
    store: new MemoryStore({ env }),
    kinds: allKinds,
    serviceAccountKeys: env.crypto.generateKeyPair('ecdsa-p256'),
    externalAddress: () => '127.0.0.1:6443',
    serviceSubnet: '10.96.0.0/16',
  });
  const as = (name: string, ...groups: string[]): Client =>
    typedClient({ api: api.call, credentials: { by: 'identity', user: { name, groups: [...groups, 'system:authenticated'] } } });
  const client = as('bench', 'system:masters');
  for (const name of ['default', 'sched-0', 'sched-1']) {
    if (name !== 'default') await client.create(Namespace, { metadata: { name }, spec: {}, status: {} });
    await client.create(ServiceAccount, { metadata: { name: 'default', namespace: name } });
  }
  await client.create(PriorityClass, { metadata: { name: highPriority }, value: 10 });
  const { ready } = await kubeScheduler({ client: as('system:kube-scheduler') }).start(env);
  await ready;
  return client;
}

/** New nodes are tainted until somebody has seen that they are ready; here nobody else would. */
async function makeNode(client: Client, name: string, labels: Readonly<Record<string, string>>, pods?: string): Promise<void> {
  await client.create(Node, nodeOf({ name, labels, ...(pods !== undefined && { pods }) }));
  await client.patch(Node, { name }, 'merge', { spec: { taints: null } });
}

/** Pods that were seen with a node, by the beginning of their names. */
type BoundPods = (prefix: string, count: number) => Promise<void>;

function boundPods(client: Client): BoundPods {
  const seen = new Map<string, number>();
  const waiting = new Map<string, { readonly count: number; readonly done: () => void }>();
  client.watch<PodType>(
    Pod,
    {},
    { fieldSelector: 'spec.nodeName!=' },
    {
      event(type, { metadata }) {
        if (type !== 'ADDED') return;
        const prefix = metadata.name!.slice(0, metadata.name!.indexOf('-'));
        const count = (seen.get(prefix) ?? 0) + 1;
        seen.set(prefix, count);
        const waits = waiting.get(prefix);
        if (waits?.count === count) waits.done();
      },
      end: (error) => {
        throw error ?? new Error('the watch has ended');
      },
    },
  );
  return (prefix, count) => new Promise((done) => waiting.set(prefix, { count, done }));
}

async function schedule(
  client: Client,
  bound: BoundPods,
  { template, count, namespace = 'default' }: Batch,
  prefix: string,
): Promise<void> {
  const all = bound(prefix, count);
  await inParallel(count, (index) => client.create(Pod, podOf(templates[template], namespace, `${prefix}-${index}`)));
  await all;
}

function startChurn(client: Client, template: TemplateName): () => void {
  let made = 0;
  const timer = setInterval(() => void client.create(Pod, podOf(templates[template], 'default', `churn-${made++}`)), churnMs);
  return () => clearInterval(timer);
}

async function inParallel(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const make = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: makers }, make));
}
