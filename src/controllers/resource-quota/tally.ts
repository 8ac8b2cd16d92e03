import type { ResourceQuotaSpec } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import { resourceEntries } from '../../api/kinds/core/resource-quantities.ts';
import { groupResourceText, type KubeObject } from '../../api/meta.ts';
import { addQuantities, quantityOf, quantityText, subtractQuantities, type Quantity } from '../../api/quantity.ts';
import { matchesScopes } from '../../api/quota/scopes.ts';
import { usageOf } from '../../api/quota/usage.ts';
import { resourceOfLimit } from './counted-kinds.ts';

/** What the objects of a namespace take of one quota, kept up change by change: nobody counts ten thousand pods again for each that comes. */
export class QuotaTally {
  readonly spec: ResourceQuotaSpec;
  readonly #hard: ReadonlySet<string>;
  readonly #kinds = new Set<string>();
  readonly #used = new Map<string, Quantity>();

  constructor(spec: ResourceQuotaSpec) {
    this.spec = spec;
    this.#hard = new Set(resourceEntries(spec.hard).map(([name]) => name));
  }

  /** Begins to count a kind, with what there is of it. */
  begin(kind: Kind, objects: readonly KubeObject[]): void {
    this.#kinds.add(resourceOf(kind));
    for (const name of this.#hard)
      if (resourceOfLimit(name) === resourceOf(kind)) this.#used.set(name, this.#used.get(name) ?? quantityOf(0));
    for (const object of objects) this.#count(kind, object, addQuantities);
  }

  /** False when nothing was counted. */
  change(kind: Kind, old: KubeObject | undefined, now: KubeObject | undefined): boolean {
    if (!this.#kinds.has(resourceOf(kind))) return false;
    if (old) this.#count(kind, old, subtractQuantities);
    if (now) this.#count(kind, now, addQuantities);
    return true;
  }

  /** Of each limit that something is counted for. */
  used(): Record<string, string> {
    return Object.fromEntries([...this.#used].map(([name, amount]) => [name, quantityText(amount)]));
  }

  #count(kind: Kind, object: KubeObject, by: (total: Quantity, amount: Quantity) => Quantity): void {
    if (!matchesScopes(this.spec, kind, object)) return;
    for (const [name, amount] of usageOf(kind, object))
      if (this.#hard.has(name)) this.#used.set(name, by(this.#used.get(name) ?? quantityOf(0), amount));
  }
}

const resourceOf = ({ group, plural }: Kind): string => groupResourceText({ group, resource: plural });
