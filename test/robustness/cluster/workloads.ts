/** What people put on the cluster. */
import type { Rng } from '../../../src/base/rng.ts';
import type { DaemonSet, Deployment, DeploymentStrategy, StatefulSet } from '../../../src/api/generated/apps/v1.ts';
import type { CronJob, Job } from '../../../src/api/generated/batch/v1.ts';
import type { PodSpec, PodTemplateSpec, ResourceQuota, Service } from '../../../src/api/generated/core/v1.ts';
import type { PodDisruptionBudget } from '../../../src/api/generated/policy/v1.ts';
import type { PriorityClass } from '../../../src/api/generated/scheduling/v1.ts';

export const namespace = 'default';
export const guardedBy = 'guarded';

export const goodImages = ['nginx:1', 'nginx:2', 'httpd:1', 'httpd:2'] as const;
export const badImage = 'nginx:doesnotexist';

const script = (key: string, value: string): Record<string, string> => ({ [`simulated.slipway.dev/${key}`]: value });

/** Lost nodes are given up after seconds, not minutes. */
const impatient: PodSpec['tolerations'] = ['not-ready', 'unreachable'].map((key) => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 15,
}));

export function templateOf(app: string, rng: Rng, image: string = goodImages[rng.below(goodImages.length)]!): PodTemplateSpec {
  const slow = rng.below(3) === 0;
  return {
    metadata: {
      labels: { app },
      annotations: {
        ...script('start-duration', `${rng.below(4) * 500}ms`),
        ...script('termination-delay', `${rng.below(4)}s`),
        ...(slow && script('ready-after', `${1 + rng.below(6)}s`)),
      },
    },
    spec: {
      terminationGracePeriodSeconds: 1 + rng.below(6),
      tolerations: impatient,
      containers: [
        {
          name: 'main',
          image,
          resources: { requests: { cpu: `${50 * (1 + rng.below(4))}m`, memory: '64Mi' } },
          ...(slow && { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 2 } }),
        },
      ],
    },
  };
}

export function strategyOf(rng: Rng): DeploymentStrategy {
  const amount = (): number | string => (rng.below(2) === 0 ? rng.below(3) : `${rng.below(100)}%`);
  const [maxSurge, maxUnavailable] = [amount(), amount()];
  const isStuck = parseInt(String(maxSurge)) === 0 && parseInt(String(maxUnavailable)) === 0;
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge: isStuck ? 1 : maxSurge, maxUnavailable } };
}

const minReady = (rng: Rng): { readonly minReadySeconds?: number } => (rng.below(3) === 0 ? { minReadySeconds: 1 + rng.below(4) } : {});
const selector = (app: string) => ({ matchLabels: { app } });

export const deployment = (name: string, rng: Rng, strategy: DeploymentStrategy = strategyOf(rng)): Deployment => ({
  metadata: { namespace, name },
  spec: {
    replicas: 1 + rng.below(5),
    strategy,
    selector: selector(name),
    template: templateOf(name, rng),
    revisionHistoryLimit: 2 + rng.below(4),
    ...minReady(rng),
  },
  status: {},
});

export const statefulSet = (name: string, rng: Rng, podManagementPolicy: 'OrderedReady' | 'Parallel'): StatefulSet => ({
  metadata: { namespace, name },
  spec: {
    replicas: 1 + rng.below(3),
    serviceName: name,
    podManagementPolicy,
    selector: selector(name),
    template: templateOf(name, rng),
    ...minReady(rng),
  },
  status: { replicas: 0 },
});

/** Each pod with a volume of its own. */
export function storingSet(name: string, rng: Rng): StatefulSet {
  const set = statefulSet(name, rng, 'Parallel');
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce' as const], resources: { requests: { storage: '1Gi' } } },
    status: {},
  };
  const whenScaled = rng.below(2) === 0 ? ('Delete' as const) : ('Retain' as const);
  return { ...set, spec: { ...set.spec, volumeClaimTemplates: [claim], persistentVolumeClaimRetentionPolicy: { whenScaled } } };
}

export const urgency: PriorityClass = { metadata: { name: 'urgent' }, value: 1000 };
/** Who must have room on every node. */
export const vital: PriorityClass = { metadata: { name: 'vital' }, value: 2000 };

/** So large that others have to make room. */
export function urgentDeployment(name: string, rng: Rng): Deployment {
  const urgent = deployment(name, rng);
  const { metadata, spec } = urgent.spec.template;
  const resources = { requests: { cpu: `${3 + rng.below(4)}`, memory: '64Mi' } };
  const containers = spec!.containers.map((one) => ({ ...one, resources }));
  const template = { ...(metadata && { metadata }), spec: { ...spec!, containers, priorityClassName: urgency.metadata.name! } };
  return { ...urgent, spec: { ...urgent.spec, replicas: 1, strategy: { type: 'Recreate' }, template } };
}

export const daemonSet = (name: string, rng: Rng): DaemonSet => ({
  metadata: { namespace, name },
  spec: {
    selector: selector(name),
    template: vitalTemplate(name, rng),
    updateStrategy: {
      type: 'RollingUpdate',
      rollingUpdate: rng.below(3) === 0 ? { maxSurge: 1, maxUnavailable: 0 } : { maxUnavailable: 1 + rng.below(2) },
    },
  },
  status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
});

export function vitalTemplate(app: string, rng: Rng): PodTemplateSpec {
  const template = templateOf(app, rng);
  return { ...template, spec: { ...template.spec!, priorityClassName: vital.metadata.name! } };
}

export function job(name: string, rng: Rng): Job {
  const completions = 1 + rng.below(4);
  const template = templateOf(name, rng);
  const fails = rng.below(3) === 0;
  const runs = rng.below(2) === 0 ? 'once' : 'always';
  const failure = { ...script('exit-code', '3'), ...script('exit-after', `${1 + rng.below(5)}s`), ...script('exit-runs', runs) };
  const annotations = { ...template.metadata?.annotations, ...(fails && failure) };
  const containers = template.spec!.containers.map((one) => ({ ...one, command: ['sleep', `${1 + rng.below(12)}`] }));
  return {
    metadata: { namespace, name },
    spec: {
      completions,
      parallelism: 1 + rng.below(completions),
      backoffLimit: rng.below(3),
      ...(rng.below(2) === 0 && { completionMode: 'Indexed' }),
      ...(rng.below(3) === 0 && { ttlSecondsAfterFinished: 20 }),
      template: {
        metadata: { ...template.metadata, annotations },
        spec: { ...template.spec!, containers, restartPolicy: rng.below(2) === 0 ? 'Never' : 'OnFailure' },
      },
    },
    status: {},
  };
}

export function cronJob(name: string, rng: Rng): CronJob {
  const { spec } = job(name, rng);
  const concurrencyPolicy = (['Allow', 'Forbid', 'Replace'] as const)[rng.below(3)]!;
  return {
    metadata: { namespace, name },
    spec: { schedule: '* * * * *', concurrencyPolicy, successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 1, jobTemplate: { spec } },
    status: {},
  };
}

export const service = (app: string, headless = false): Service => ({
  metadata: { namespace, name: app },
  spec: { selector: { app }, ports: [{ port: 80 }], ...(headless && { clusterIP: 'None' }) },
  status: {},
});

export const budget = (app: string, rng: Rng): PodDisruptionBudget => ({
  metadata: { namespace, name: app },
  spec: {
    selector: selector(app),
    ...(rng.below(2) === 0 ? { maxUnavailable: rng.below(2) === 0 ? 1 : '30%' } : { minAvailable: rng.below(2) === 0 ? 2 : '60%' }),
  },
  status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
});

export const quota: ResourceQuota = {
  metadata: { namespace, name: 'all' },
  spec: { hard: { pods: '200', 'requests.cpu': '100', 'requests.memory': '100Gi', 'count/deployments.apps': '20' } },
  status: {},
};
