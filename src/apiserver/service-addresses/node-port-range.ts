import type { Rng } from '../../base/rng.ts';
import { Pool } from './pool.ts';

/** `--service-node-port-range`, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export const defaultNodePorts: PortRange = { from: 30_000, to: 32_767 };

export class NodePortRange {
  readonly #range: PortRange;
  readonly #pool: Pool;

  constructor(range: PortRange) {
    this.#range = range;
    const size = range.to - range.from + 1;
    this.#pool = new Pool(size, staticPorts(size));
  }

  /** What is wrong with the wish, in upstream's words; undefined when the port is now taken. */
  take(port: number): string | undefined {
    switch (this.#pool.take(port - this.#range.from)) {
      case 'taken':
        return 'provided port is already allocated';
      case 'out of range':
        return `provided port is not in the valid range. The range of valid ports is ${this.#range.from}-${this.#range.to}`;
      default:
        return undefined;
    }
  }

  takeNext(rng: Rng): number | undefined {
    const offset = this.#pool.takeNext(rng);
    return offset === undefined ? undefined : this.#range.from + offset;
  }

  free(port: number): void {
    this.#pool.free(port - this.#range.from);
  }
}

/** As with addresses: a part for those who ask by number. */
const staticPorts = (size: number): number => (size <= 16 ? 0 : Math.min(128, Math.max(16, Math.floor(size / 32))));
