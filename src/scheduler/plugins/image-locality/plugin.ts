import type { Pod } from '../../../api/generated/core/v1.ts';
import { skip, stateKey, type NodeInfo, type PluginFactory } from '../../framework.ts';
import { maxScore } from '../normalize.ts';

interface Wanted {
  readonly images: readonly string[];
  readonly nodeCount: number;
}
const wantedImages = stateKey<Wanted>('ImageLocality');

/** Prefers nodes that have the pod's images already. Source: kube-scheduler's plugins/imagelocality. */
export const imageLocality: PluginFactory = {
  name: 'ImageLocality',
  weight: 1,
  make: (handle) => ({
    name: 'ImageLocality',
    preScore(state, { pod }, nodes) {
      if (!nodes.some(({ images }) => images.size > 0)) return skip;
      state.write(wantedImages, { images: imagesOf(pod), nodeCount: handle.snapshot().nodes.length });
      return undefined;
    },
    score(state, _pod, node) {
      const { images, nodeCount } = state.read(wantedImages)!;
      return scoreOf(presentBytes(images, node, nodeCount), images.length);
    },
  }),
};

/** Of containers, init containers and image volumes, by the names that nodes report. */
export function imagesOf({ spec }: Pod): string[] {
  const names = [...(spec.initContainers ?? []), ...spec.containers].map(({ image = '' }) => image);
  const volumes = (spec.volumes ?? []).flatMap(({ image }) => (image ? [image.reference ?? ''] : []));
  return [...names, ...volumes].map(normalizedImageName);
}

/** `nginx` is `nginx:latest`. A colon before the last slash belongs to a registry's port. */
export const normalizedImageName = (name: string): string => (name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name);

/** Counted less for images that few nodes have, so that not all pods go where the image came first. */
export function presentBytes(names: readonly string[], { images }: Pick<NodeInfo, 'images'>, nodeCount: number): number {
  let sum = 0;
  for (const name of names) {
    const image = images.get(name);
    if (image) sum += Math.floor(image.sizeBytes * (image.nodes / nodeCount));
  }
  return sum;
}

const mib = 1024 * 1024;
const leastBytes = 23 * mib;
const mostBytesEach = 1000 * mib;

/** 0 below 23 MiB, 100 from 1,000 MiB for each image on. */
export function scoreOf(bytes: number, imageCount: number): number {
  const mostBytes = mostBytesEach * imageCount;
  const bounded = Math.min(Math.max(bytes, leastBytes), Math.max(mostBytes, leastBytes));
  return mostBytes <= leastBytes ? 0 : Math.floor((maxScore * (bounded - leastBytes)) / (mostBytes - leastBytes));
}
