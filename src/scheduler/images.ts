import type { Node } from '../api/generated/core/v1.ts';
import type { ImageStates } from './node-info.ts';

interface Image {
  readonly sizeBytes: number;
  nodes: number;
}

/** Which images there are in the cluster, and on how many nodes: shared by all node infos. */
export class ImageIndex {
  readonly #images = new Map<string, Image>();

  /** Counts a node's images in place of those that it had before; answers its new ones. */
  replace(before: ImageStates, { status }: Node): ImageStates {
    const now = new Map<string, Image>();
    for (const { names = [], sizeBytes = 0 } of status?.images ?? []) {
      for (const name of names) if (!now.has(name)) now.set(name, this.#counted(name, sizeBytes));
    }
    this.forget(before);
    return now;
  }

  forget(images: ImageStates): void {
    for (const name of images.keys()) {
      const image = this.#images.get(name);
      if (image && --image.nodes === 0) this.#images.delete(name);
    }
  }

  #counted(name: string, sizeBytes: number): Image {
    const image = this.#images.get(name) ?? { sizeBytes, nodes: 0 };
    image.nodes++;
    this.#images.set(name, image);
    return image;
  }
}
