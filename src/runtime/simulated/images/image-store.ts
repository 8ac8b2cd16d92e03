import type { Crypto } from '../../../base/crypto.ts';
import { toHex, utf8 } from '../../../codec/bytes.ts';
import type { Image } from '../../cri.ts';
import { imageNameText, parseImageName, repositoryOf, type ImageName } from './image-name.ts';
import { userOf } from './image-user.ts';

/** The images on one node. Digests and sizes are made of the names: the same on every node and in every run. */
export class ImageStore {
  readonly #crypto: Pick<Crypto, 'sha256'>;
  readonly #byId = new Map<string, Image>();
  /** Full names, tagged and by digest, to ids. */
  readonly #names = new Map<string, string>();

  constructor(crypto: Pick<Crypto, 'sha256'>) {
    this.#crypto = crypto;
  }

  /** By id, by name, or by digest. */
  find(image: string): Image | undefined {
    const byId = this.#byId.get(image);
    if (byId) return byId;
    if (/^sha256:[0-9a-f]{64}$/.test(image)) return undefined;
    const id = this.#names.get(imageNameText(parseImageName(image)));
    return id === undefined ? undefined : this.#byId.get(id);
  }

  add(name: ImageName): Image {
    const full = imageNameText(name);
    const digest = name.digest ?? `sha256:${this.#hash(`manifest ${full}`)}`;
    const id = `sha256:${this.#hash(`config ${digest}`)}`;
    const byDigest = `${repositoryOf(name)}@${digest}`;
    const known = this.#byId.get(id);
    const image: Image = {
      id,
      repoTags: [...new Set([...(known?.repoTags ?? []), ...(name.digest === undefined ? [full] : [])])],
      repoDigests: [byDigest],
      sizeBytes: known?.sizeBytes ?? this.sizeOf(name),
      ...userOf(name),
    };
    this.#byId.set(id, image);
    this.#names.set(full, id);
    this.#names.set(byDigest, id);
    return image;
  }

  remove(image: string): void {
    const found = this.find(image);
    if (!found) return;
    this.#byId.delete(found.id);
    for (const [name, id] of this.#names) if (id === found.id) this.#names.delete(name);
  }

  all(): readonly Image[] {
    return [...this.#byId.values()];
  }

  /** Between 2 and 200 MB, most of them small. */
  sizeOf(name: ImageName): number {
    return Math.round(2_000_000 + this.shareOf(name) ** 2 * 198_000_000);
  }

  /** A number in [0, 1) that belongs to the name. */
  shareOf(name: ImageName): number {
    return Number.parseInt(this.#hash(`size ${imageNameText(name)}`).slice(0, 8), 16) / 2 ** 32;
  }

  #hash(text: string): string {
    return toHex(this.#crypto.sha256(utf8(text)));
  }
}
