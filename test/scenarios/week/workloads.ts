import type {
  DaemonSet as DaemonSetType,
  Deployment as DeploymentType,
  StatefulSet as StatefulSetType,
} from '../../../src/api/generated/apps/v1.ts';
import type { CronJob as CronJobType } from '../../../src/api/generated/batch/v1.ts';
import type { PodDisruptionBudget as PodDisruptionBudgetType } from '../../../src/api/generated/policy/v1.ts';
import { DaemonSet } from '../../../src/api/kinds/apps/daemonset.ts';
import { Deployment } from '../../../src/api/kinds/apps/deployment.ts';
import { StatefulSet } from '../../../src/api/kinds/apps/statefulset.ts';
import { CronJob } from '../../../src/api/kinds/batch/cronjob.ts';
import { PodDisruptionBudget } from '../../../src/api/kinds/policy/poddisruptionbudget.ts';
import type { Client } from '../../../src/client/client.ts';

export const namespace = 'default';
export const deployments: readonly string[] = Array.from({ length: 20 }, (_, index) => `web-${index}`);
const replicas = 10;

/** 20 deployments of ten pods, each with a budget; a database of five; an agent on every node; a job every hour. */
export async function createWorkloads(client: Client): Promise<void> {
  for (const name of deployments) {
    await client.create(Deployment, deployment(name));
    await client.create(PodDisruptionBudget, budget(name));
  }
  await client.create(StatefulSet, database);
  await client.create(DaemonSet, agent);
  await client.create(CronJob, hourly);
}

const container = (image: string) => ({ name: 'main', image, resources: { requests: { cpu: '500m', memory: '256Mi' } } });

const deployment = (name: string): DeploymentType => ({
  metadata: { namespace, name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container('nginx:1')] } },
  },
  status: {},
});

const budget = (name: string): PodDisruptionBudgetType => ({
  metadata: { namespace, name },
  spec: { maxUnavailable: 2, selector: { matchLabels: { app: name } } },
  status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
});

const database: StatefulSetType = {
  metadata: { namespace, name: 'db' },
  spec: {
    serviceName: 'db',
    replicas: 5,
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: { containers: [container('postgres:17')] } },
  },
  status: { replicas: 0 },
};

const agent: DaemonSetType = {
  metadata: { namespace, name: 'agent' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'main', image: 'agent:1' }] } },
  },
  status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
};

const hourly: CronJobType = {
  metadata: { namespace, name: 'hourly' },
  spec: {
    schedule: '17 * * * *',
    jobTemplate: {
      spec: {
        backoffLimit: 10,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox', command: ['sleep', '300'] }] } },
      },
    },
  },
  status: {},
};
