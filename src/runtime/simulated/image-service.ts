import type { Crypto } from '../../base/crypto.ts';
import type { Image, PodSandboxConfig } from '../cri.ts';
import { imageNameText, parseImageName, type ImageName } from './images/image-name.ts';
import { pullError, type ImageRule } from './images/image-rules.ts';
import { ImageStore } from './images/image-store.ts';
import { pullScript } from './script/pod-script.ts';
import type { Waits } from './waits.ts';

export interface ImageServiceOptions {
  readonly crypto: Pick<Crypto, 'sha256'>;
  readonly waits: Waits;
  readonly rules: readonly ImageRule[];
  /** On the node from the start. */
  readonly present: readonly string[];
  /** How long pulls take: each image somewhere in between, always the same. */
  readonly pullMs: { readonly from: number; readonly to: number; readonly failing: number };
}

/** The images of one node and their pulls, as rules and pods' scripts have them. */
export class ImageService {
  readonly #options: ImageServiceOptions;
  readonly #store: ImageStore;
  /** Who asks for what is under way waits for it too. */
  readonly #pulls = new Map<string, Promise<string>>();

  constructor(options: ImageServiceOptions) {
    this.#options = options;
    this.#store = new ImageStore(options.crypto);
    for (const image of options.present) this.#store.add(parseImageName(image));
  }

  find(image: string): Image | undefined {
    return this.#store.find(image);
  }

  all(): readonly Image[] {
    return this.#store.all();
  }

  remove(image: string): void {
    this.#store.remove(image);
  }

  /** Resolves to the image's id. */
  pull(image: string, sandbox: PodSandboxConfig | undefined): Promise<string> {
    const name = parseImageName(image);
    const full = imageNameText(name);
    const underWay = this.#pulls.get(full);
    if (underWay) return underWay;
    const pull = this.#pull(name, sandbox).finally(() => this.#pulls.delete(full));
    this.#pulls.set(full, pull);
    return pull;
  }

  async #pull(name: ImageName, sandbox: PodSandboxConfig | undefined): Promise<string> {
    const { waits, rules, pullMs } = this.#options;
    const full = imageNameText(name);
    const script = pullScript(sandbox?.annotations ?? {});
    const rule = rules.find(({ image }) => image.test(full));
    const error = script.error === undefined ? rule?.error : { message: script.error };
    const askedMs = script.pullMs ?? rule?.pullMs;
    if (error !== undefined) {
      await waits.pass(askedMs ?? pullMs.failing);
      throw pullError(name, error);
    }
    const present = this.#store.find(full);
    if (present) return present.id;
    await waits.pass(askedMs ?? Math.round(pullMs.from + this.#store.shareOf(name) * (pullMs.to - pullMs.from)));
    return this.#store.add(name).id;
  }
}
