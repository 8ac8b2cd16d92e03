import type { StatefulSet as StatefulSetObject, StatefulSetSpec } from '../../api/generated/apps/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { Event } from '../../api/kinds/core/event.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import type { Client } from '../../client/client.ts';

/** For tests: the StatefulSet `web` in `default`. */
export interface TrialSet {
  create(spec?: Partial<StatefulSetSpec>): Promise<StatefulSetObject>;
  read(): Promise<StatefulSetObject>;
  patch(spec: object): Promise<StatefulSetObject>;
  setImage(image: string): Promise<StatefulSetObject>;
  /** By ordinal. */
  pods(): Promise<PodObject[]>;
  /** `web-0:a`: each pod with its image; those that are going in brackets. */
  shape(): Promise<string[]>;
  /** Messages of its events, in their order. */
  events(): Promise<string[]>;
}

export const at = { namespace: 'default', name: 'web' };
const labels = { app: 'web' };
export const podTemplate = (image: string) => ({
  metadata: { labels },
  spec: { nodeName: 'n', containers: [{ name: 'c', image }] },
});

export function trialSet(client: Client): TrialSet {
  const patch = (spec: object) => client.patch(StatefulSet, at, 'strategic', { spec });
  const pods = async () =>
    (await client.list(Pod, { namespace: at.namespace })).items.toSorted((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
  return {
    create: (spec = {}) =>
      client.create<StatefulSetObject>(StatefulSet, {
        metadata: at,
        spec: { replicas: 3, serviceName: 'web', selector: { matchLabels: labels }, template: podTemplate('a'), ...spec },
        status: { replicas: 0 },
      }),
    read: () => client.get(StatefulSet, at),
    patch,
    setImage: (image) => patch({ template: { spec: { containers: [{ name: 'c', image }] } } }),
    pods,
    shape: async () =>
      (await pods()).map(({ metadata, spec }) => {
        const text = `${metadata.name}:${spec.containers[0]!.image}`;
        return metadata.deletionTimestamp === undefined ? text : `(${text})`;
      }),
    events: async () =>
      (await client.list(Event, { namespace: at.namespace })).items
        .filter(({ involvedObject }) => involvedObject.kind === 'StatefulSet')
        .map(({ message = '' }) => message),
  };
}
