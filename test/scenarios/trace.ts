/**
 * Some busy minutes of a cluster, as a digest over every revision that its store committed. A program,
 * since in the test runner's own process all of it takes twice as long: `trace.ts 7 7+8` prints the
 * traces of seed 7, and then those of 7 and 8 beside each other.
 */
import { createHash, type Hash } from 'node:crypto';
import { defaultNodes } from '../../src/cluster/spec.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../src/cluster/virtual-control-plane.ts';
import type { Deployment as DeploymentType } from '../../src/api/generated/apps/v1.ts';
import type { Job as JobType } from '../../src/api/generated/batch/v1.ts';
import type { Pod as PodType } from '../../src/api/generated/core/v1.ts';
import { Deployment } from '../../src/api/kinds/apps/deployment.ts';
import { Job } from '../../src/api/kinds/batch/job.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';

export interface Trace {
  readonly digest: string;
  readonly revisions: number;
}

async function trace(seed: number): Promise<Trace> {
  using plane = await startVirtualControlPlane({ seed, nodes: defaultNodes('v', 3), freeze: false });
  const hash = createHash('sha256');
  follow(plane, hash);
  await rehearse(plane);
  await plane.clock.settle();
  return { digest: hash.digest('hex'), revisions: plane.store.revision };
}

/** Rollouts, a job that fails, a lost node, deletions: whatever makes controllers race each other. */
async function rehearse({ client, clock, nodes }: VirtualControlPlane): Promise<void> {
  await client.create(Deployment, deployment('web', 5));
  await client.create(Deployment, deployment('api', 3));
  await client.create(Job, job);
  await clock.advance(20_000);
  const image = { spec: { template: { spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } } } };
  await client.patch(Deployment, { namespace: 'default', name: 'web' }, 'strategic', image);
  await clock.advance(500);
  await client.deleteCollection<PodType>(Pod, { namespace: 'default' }, {}, { labelSelector: 'app=api' });
  await clock.advance(10_000);
  await nodes.node('v-worker2').powerOff();
  await clock.advance(80_000);
  await client.patch(Deployment, { namespace: 'default', name: 'api' }, 'merge', { spec: { replicas: 6 } });
  await nodes.node('v-worker2').powerOn();
  await clock.advance(20_000);
  await client.delete(Deployment, { namespace: 'default', name: 'web' }, { propagationPolicy: 'Foreground' });
  await clock.advance(20_000);
}

const container = { name: 'main', image: 'nginx:1.27' };

/** Gives up on a lost node soon. */
const impatient = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 } as const;

const deployment = (name: string, replicas: number): DeploymentType => ({
  metadata: { namespace: 'default', name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container], tolerations: [impatient] } },
  },
  status: {},
});

const job: JobType = {
  metadata: { namespace: 'default', name: 'flaky' },
  spec: {
    completions: 4,
    parallelism: 2,
    template: {
      spec: { restartPolicy: 'Never', containers: [{ ...container, image: 'busybox', command: ['sh', '-c', 'sleep 3; exit 1'] }] },
    },
  },
  status: {},
};

/** From the first revision on: the start belongs to it. */
function follow({ store }: VirtualControlPlane, hash: Hash): void {
  store.watch(
    { start: '', end: '\0' },
    { from: 1 },
    {
      events(events) {
        for (const { type, entry } of events) {
          hash.update(`${type} ${entry.key} ${entry.modRevision} `);
          if (type === 'put') hash.update(entry.value);
        }
      },
      end: () => undefined,
    },
  );
}

for (const group of process.argv.slice(2))
  console.log(JSON.stringify(await Promise.all(group.split('+').map((seed) => trace(Number(seed))))));
process.exit(0);
