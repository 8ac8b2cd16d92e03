import type { Pod } from '../../api/generated/core/v1.ts';
import type { PodAddresses } from '../containers/downward.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { MountError } from './mount-error.ts';
import { resolveVolumes } from './resolve-volumes.ts';

const firstRetryMs = 500;
const maxRetryMs = 122_000;

/** One pod's volumes: mounted once, before its first container. Source: pkg/kubelet/volumemanager. */
export class PodVolumes {
  readonly #parts: Pick<KubeletParts, 'volumes' | 'objects' | 'client' | 'node'>;
  #mounted: ReadonlyMap<string, string> | undefined;
  #failures = 0;

  constructor(parts: Pick<KubeletParts, 'volumes' | 'objects' | 'client' | 'node'>) {
    this.#parts = parts;
  }

  /** How long to wait after the last failure: 0.5 s, doubling to 2 min 2 s. */
  get retryMs(): number {
    return Math.min(firstRetryMs * 2 ** (this.#failures - 1), maxRetryMs);
  }

  /** Where each volume is on the machine. Rejects with `MountError`. */
  async mount(pod: Pod, addresses: () => PodAddresses): Promise<ReadonlyMap<string, string>> {
    if (this.#mounted) return this.#mounted;
    const { volumes, objects, client, node } = this.#parts;
    try {
      const resolved = await resolveVolumes({ pod, objects, client, node: node(), addresses });
      this.#mounted = await volumes.mount(pod, resolved);
      this.#failures = 0;
      return this.#mounted;
    } catch (error) {
      this.#failures++;
      throw error instanceof MountError ? error : new MountError([error instanceof Error ? error.message : String(error)]);
    }
  }
}
