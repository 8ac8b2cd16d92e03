import type { NodeInfo } from '../../framework.ts';
import { countPods, type SpreadConstraint } from './constraint.ts';

/** The pods of one constraint on each host: counted when the host is scored, and again once something on it has changed. */
export class HostCounts {
  readonly #selector: SpreadConstraint['selector'];
  readonly #namespace: string | undefined;
  readonly #counts = new Map<string, Counted>();

  constructor(selector: SpreadConstraint['selector'], namespace: string | undefined) {
    this.#selector = selector;
    this.#namespace = namespace;
  }

  on(info: NodeInfo): number {
    const known = this.#counts.get(info.name);
    if (known?.info === info && known.generation === info.generation) return known.pods;
    const pods = countPods(info, this.#selector, this.#namespace);
    this.#counts.set(info.name, { info, generation: info.generation, pods });
    return pods;
  }
}

interface Counted {
  /** Another one may come under the same name. */
  readonly info: NodeInfo;
  readonly generation: number;
  readonly pods: number;
}

const mostKept = 64;

/** Counts by what they count; the longest unused go first. */
export class KeptHostCounts {
  readonly #kept = new Map<string, HostCounts>();

  of({ selector }: Pick<SpreadConstraint, 'selector'>, namespace: string | undefined): HostCounts {
    const what = JSON.stringify([namespace, selector]);
    const counts = this.#kept.get(what) ?? new HostCounts(selector, namespace);
    this.#kept.delete(what);
    this.#kept.set(what, counts);
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
    return counts;
  }
}
