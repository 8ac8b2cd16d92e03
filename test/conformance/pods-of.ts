/** Pods as the tests make them, and what they wait for. */
import type { Pod as PodObject, PodSpec, PodTemplateSpec } from '../../src/api/generated/core/v1.ts';
import { Pod } from '../../src/api/kinds/core/pod.ts';
import { isActive, isReady } from '../../src/api/pods/pod-state.ts';
import { unlessMissing, until, type Bed } from './bed.ts';

/** A container that serves until it is told to end, and then ends at once. */
export const pause = { name: 'pause', image: 'registry.k8s.io/pause:3.10' };

export type Labels = Readonly<Record<string, string>>;

/** A pod's template; `image` names what its one container, `pause` when absent, is made of. */
export function templateOf(labels: Labels, { image = pause.image, ...more }: Partial<PodSpec> & { readonly image?: string } = {}) {
  const spec = { containers: [{ ...pause, image }], ...more };
  return { metadata: { labels, annotations: atOnce }, spec } as unknown as PodTemplateSpec;
}

/** Nobody waits for an image that is not there anyway. */
const atOnce = { 'simulated.slipway.dev/pull-duration': '10ms' };

export interface PodParts {
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly finalizers?: readonly string[];
}

export function createPod(
  { client }: Bed,
  namespace: string,
  name: string,
  spec: Partial<PodSpec> = {},
  { annotations, ...parts }: PodParts = {},
): Promise<PodObject> {
  const metadata = { namespace, name, annotations: { ...atOnce, ...annotations }, ...parts };
  return client.create(Pod, { metadata, spec: { containers: [pause], ...spec } } as unknown as PodObject);
}

export const podNow = ({ client }: Bed, namespace: string, name: string): Promise<PodObject | undefined> =>
  client.get(Pod, { namespace, name }).catch(unlessMissing);

/** The pod, once it is as wanted. */
export const podThat = (bed: Bed, namespace: string, name: string, fits: (pod: PodObject) => boolean): Promise<PodObject> =>
  until(async () => {
    const pod = await podNow(bed, namespace, name);
    return pod && fits(pod) && pod;
  });

export const podRuns = (bed: Bed, namespace: string, name: string): Promise<PodObject> =>
  podThat(bed, namespace, name, ({ status }) => status?.phase === 'Running');

export const podIsGone = (bed: Bed, namespace: string, name: string): Promise<boolean> =>
  until(async () => (await podNow(bed, namespace, name)) === undefined);

export async function podsNow({ client }: Bed, namespace: string, labelSelector?: string): Promise<readonly PodObject[]> {
  return (await client.list(Pod, { namespace }, { ...(labelSelector !== undefined && { labelSelector }) })).items;
}

/** The active pods, once there are so many and all of them are ready. */
export const readyPods = (bed: Bed, namespace: string, count: number, labelSelector?: string): Promise<readonly PodObject[]> =>
  until(async () => {
    const pods = (await podsNow(bed, namespace, labelSelector)).filter(isActive);
    return pods.length === count && pods.every(isReady) && pods;
  });
