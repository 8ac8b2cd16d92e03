import type { Deployment, DeploymentSpec, DeploymentStatus, ReplicaSet, ReplicaSetStatus } from '../../api/generated/apps/v1.ts';

/** For tests of decisions: a Deployment of the image `new`, with the default strategy. */
export const deploymentOf = (replicas: number, spec: Partial<DeploymentSpec> = {}, status: DeploymentStatus = {}): Deployment => ({
  metadata: { name: 'web', namespace: 'shop', uid: 'd', generation: 1 },
  spec: {
    replicas,
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    template: templateOf('new'),
    ...spec,
  },
  status,
});

export interface Traits {
  /** Pods that are available; all when absent. */
  readonly available?: number;
  /** Pods that are there, available or not; as many as are wanted when absent. */
  readonly actual?: number;
  readonly revision?: number;
  /** The Deployment's size when it got its own, and that with surge. */
  readonly desired?: number;
  readonly max?: number;
  /** Its controller has not seen its size yet. */
  readonly unobserved?: boolean;
  readonly image?: string;
  readonly status?: Partial<ReplicaSetStatus>;
}

/** Names sort by age: `a` is the oldest. */
export function replicaSetOf(name: string, replicas: number, traits: Traits = {}): ReplicaSet {
  const { actual = replicas, available = actual, revision, desired, max, unobserved = false, image = name, status = {} } = traits;
  const numbers = { revision, 'desired-replicas': desired, 'max-replicas': max };
  const known = Object.entries(numbers).filter(([, number]) => number !== undefined);
  return {
    metadata: {
      name,
      uid: name,
      generation: 2,
      creationTimestamp: `2026-01-01T00:00:${String(name.charCodeAt(0) % 60).padStart(2, '0')}Z`,
      annotations: Object.fromEntries(known.map(([key, number]) => [`deployment.kubernetes.io/${key}`, String(number)])),
    },
    spec: { replicas, selector: {}, template: templateOf(image) },
    status: { replicas: actual, availableReplicas: available, readyReplicas: available, observedGeneration: unobserved ? 1 : 2, ...status },
  };
}

const templateOf = (image: string) => ({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } });
