import type { DaemonSet as DaemonSetObject, DaemonSetSpec } from '../../api/generated/apps/v1.ts';
import type { Node as NodeObject, NodeSpec, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { DaemonSet } from '../../api/kinds/apps/daemonset.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { Client } from '../../client/client.ts';
import { targetNodeOf } from './daemon-pod.ts';

/** For tests: the DaemonSet `agent` in `default`, whose pods the trial scheduler binds. */
export interface TrialSet {
  addNode(name: string, spec?: NodeSpec, labels?: Record<string, string>): Promise<NodeObject>;
  create(spec?: Partial<DaemonSetSpec>): Promise<DaemonSetObject>;
  read(): Promise<DaemonSetObject>;
  patch(spec: object): Promise<DaemonSetObject>;
  setImage(image: string): Promise<DaemonSetObject>;
  pods(): Promise<PodObject[]>;
  /** `n1:a`: each pod's node and image, sorted; those that are going in brackets. */
  shape(): Promise<string[]>;
  /** Messages of its events, in their order. */
  events(): Promise<string[]>;
}

export const at = { namespace: 'default', name: 'agent' };
const labels = { app: 'agent' };
export const podTemplate = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: 'c', image }] } });

export function trialSet(client: Client): TrialSet {
  const patch = (spec: object) => client.patch(DaemonSet, at, 'strategic', { spec });
  const pods = async () => [...(await client.list(Pod, { namespace: at.namespace })).items];
  return {
    addNode: async (name, spec = {}, nodeLabels = {}) => {
      await client.create<NodeObject>(Node, { metadata: { name, labels: nodeLabels }, spec: {}, status: {} });
      // The API server marks each new node as not ready.
      return client.patch(Node, { name }, 'merge', { spec: { taints: [], ...spec } });
    },
    create: (spec = {}) =>
      client.create<KubeObject>(DaemonSet, {
        metadata: at,
        spec: { selector: { matchLabels: labels }, template: podTemplate('a'), ...spec },
      } as KubeObject) as Promise<DaemonSetObject>,
    read: () => client.get(DaemonSet, at),
    patch,
    setImage: (image) => patch({ template: { spec: { containers: [{ name: 'c', image }] } } }),
    pods,
    shape: async () =>
      (await pods())
        .map((pod) => {
          const text = `${targetNodeOf(pod)}:${pod.spec.containers[0]!.image}`;
          return pod.metadata.deletionTimestamp === undefined ? text : `(${text})`;
        })
        .sort(),
    events: async () =>
      (await client.list(Event, { namespace: at.namespace })).items
        .filter(({ involvedObject }) => involvedObject.kind === 'DaemonSet')
        .map(({ message = '' }) => message),
  };
}

/** Binds each pod to the node that its affinity names. */
export function playScheduler(client: Client): void {
  const bind = (pod: PodObject) =>
    client.createSub(
      { group: '', version: 'v1', resource: 'pods', subresource: 'binding', namespace: at.namespace, name: pod.metadata.name! },
      { metadata: { name: pod.metadata.name, namespace: at.namespace }, target: { kind: 'Node', name: targetNodeOf(pod) } } as KubeObject,
    );
  const event = (type: string, pod: PodObject) => {
    if (type === 'ADDED' && !pod.spec.nodeName) void bind(pod);
  };
  client.watch(Pod, { namespace: at.namespace }, {}, { event, end: () => undefined });
}
