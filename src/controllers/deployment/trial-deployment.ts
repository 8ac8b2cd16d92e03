import { isNotFound } from '../../api/errors.ts';
import type { Deployment as DeploymentObject, DeploymentSpec, ReplicaSet as ReplicaSetObject } from '../../api/generated/apps/v1.ts';
import type { Event as EventObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Deployment } from '../../api/kinds/apps/deployment.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Namespace } from '../../api/kinds/core/namespace.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { KubeObject } from '../../api/meta.ts';
import { isActive } from '../../api/pods/pod-state.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Client } from '../../client/client.ts';
import type { VirtualClock } from '../../base/virtual-clock.ts';
import { byAge } from './replica-sets.ts';

/** For tests: one Deployment on a control plane that runs `controllers`, and a node whose kubelet is played. */
export interface TrialDeployment {
  create(spec?: Partial<DeploymentSpec>, image?: string): Promise<DeploymentObject>;
  read(): Promise<DeploymentObject>;
  patch(spec: object): Promise<DeploymentObject>;
  setImage(image: string): Promise<DeploymentObject>;
  /** The oldest first. */
  replicaSets(): Promise<ReplicaSetObject[]>;
  pods(): Promise<PodObject[]>;
  /** Messages of the Deployment's events, in their order. */
  events(): Promise<string[]>;
  advance(ms: number): Promise<void>;
}

export interface Kubelet {
  /** Milliseconds from a pod's making until it is ready; undefined for never. */
  readyAfterMs(pod: PodObject): number | undefined;
  /** Milliseconds from the wish to delete it until it is gone. */
  goneAfterMs(pod: PodObject): number;
}

export const namespace = 'shop';
export const name = 'web';
const at = { namespace, name };
const labels = { app: 'web' };

/** Images that begin with `bad` never become ready. */
export const plainKubelet: Kubelet = {
  readyAfterMs: (pod) => (imageOf(pod).startsWith('bad') ? undefined : 1000),
  goneAfterMs: () => 500,
};

export const imageOf = ({ spec }: PodObject): string => spec.containers[0]?.image ?? '';
export const container = (image: string) => ({ name: 'c', image });

/** What such a control plane has to run, and no more. */
export const controllers = ['deployment-controller', 'replicaset-controller', 'serviceaccount-controller', 'garbage-collector-controller'];

/** What there must be of a control plane. */
export interface Plane {
  readonly client: Client;
  readonly clock: VirtualClock;
}

export async function trialDeployment({ client, clock }: Plane, kubelet: Kubelet = plainKubelet): Promise<TrialDeployment> {
  await client.create<KubeObject>(Namespace, { metadata: { name: namespace } });
  await clock.advance(100);
  playKubelet({ client, clock }, kubelet);
  const list = async <O extends KubeObject>(kind: Parameters<typeof client.list<O>>[0]) => [
    ...(await client.list(kind, { namespace })).items,
  ];
  const patch = (spec: object) => client.patch(Deployment, at, 'strategic', { spec });
  return {
    create: (spec = {}, image = 'a') =>
      client.create<DeploymentObject>(Deployment, {
        metadata: at,
        spec: {
          replicas: 4,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { nodeName: 'n', containers: [container(image)] } },
          ...spec,
        },
        status: {},
      }),
    read: () => client.get(Deployment, at),
    patch,
    setImage: (image) => patch({ template: { spec: { containers: [container(image)] } } }),
    replicaSets: async () => (await list(ReplicaSet)).sort(byAge),
    pods: async () => (await list(Pod)).filter(isActive),
    events: async () =>
      (await list<EventObject>(Event))
        .filter(({ involvedObject }) => involvedObject.kind === 'Deployment')
        .map(({ message = '' }) => message),
    advance: (ms) => clock.advance(ms),
  };
}

function playKubelet({ client, clock }: Plane, kubelet: Kubelet): void {
  const leaving = new Set<string>();
  const ready = (pod: PodObject) => {
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: timestampOf(clock.now()) }];
    const status = { phase: 'Running', conditions };
    ignoreGone(client.patch(Pod, { namespace, name: pod.metadata.name! }, 'merge', { status }, { subresource: 'status' }));
  };
  const finish = (pod: PodObject) =>
    ignoreGone(
      client.delete(Pod, { namespace, name: pod.metadata.name! }, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid! } }),
    );
  client.watch(
    Pod,
    { namespace },
    {},
    {
      event: (type, pod) => {
        const readyAfterMs = type === 'ADDED' ? kubelet.readyAfterMs(pod) : undefined;
        if (readyAfterMs !== undefined) clock.after(readyAfterMs, () => ready(pod));
        if (pod.metadata.deletionTimestamp === undefined || leaving.has(pod.metadata.uid!)) return;
        leaving.add(pod.metadata.uid!);
        clock.after(kubelet.goneAfterMs(pod), () => finish(pod));
      },
      end: () => undefined,
    },
  );
}

function ignoreGone(done: Promise<unknown>): void {
  done.catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}
