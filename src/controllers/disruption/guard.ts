import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import type { PodDisruptionBudget as Budget } from '../../api/generated/policy/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { PodDisruptionBudget } from '../../api/kinds/policy/poddisruptionbudget.ts';
import type { OwnerReference } from '../../api/meta.ts';
import { isReady } from '../../api/pods/pod-state.ts';
import type { Context } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { controllerOf } from '../../workloads/owner.ts';
import { guards } from './selection.ts';

/** A budget's pods, counted as they come, change and go: a budget of many pods is not gone through for each of them. */
export class GuardedPods {
  readonly #pods = new Map<string, PodObject>();
  readonly #byOwner = new Map<string, OwnedPods>();
  readonly #unmanaged = new Set<string>();
  #healthy = 0;

  get total(): number {
    return this.#pods.size;
  }

  /** Ready, and not going. */
  get healthy(): number {
    return this.#healthy;
  }

  /** Their controllers. */
  get owners(): readonly OwnedPods[] {
    return [...this.#byOwner.values()];
  }

  /** Names of those without a controller. */
  get unmanaged(): readonly string[] {
    return [...this.#unmanaged];
  }

  /** By name: a budget's pods are all of its namespace. */
  get(name: string): PodObject | undefined {
    return this.#pods.get(name);
  }

  put(pod: PodObject): void {
    const { name = '' } = pod.metadata;
    this.remove(name);
    this.#pods.set(name, pod);
    if (isHealthy(pod)) this.#healthy++;
    const owner = controllerOf(pod);
    if (!owner) this.#unmanaged.add(name);
    else {
      const owned = this.#byOwner.get(owner.uid);
      if (owned) owned.names.add(name);
      else this.#byOwner.set(owner.uid, { owner, names: new Set([name]) });
    }
  }

  remove(name: string): void {
    const pod = this.#pods.get(name);
    if (!pod) return;
    this.#pods.delete(name);
    if (isHealthy(pod)) this.#healthy--;
    this.#unmanaged.delete(name);
    const owned = this.#byOwner.get(controllerOf(pod)?.uid ?? '');
    owned?.names.delete(name);
    if (owned?.names.size === 0) this.#byOwner.delete(owned.owner.uid);
  }
}

export interface OwnedPods {
  readonly owner: OwnerReference;
  /** Of its pods. */
  readonly names: Set<string>;
}

export const isHealthy = (pod: PodObject): boolean => pod.metadata.deletionTimestamp === undefined && isReady(pod);

/** The pods of all budgets. */
export class Guard {
  readonly #ofBudgets = new Map<string, { readonly selects: string; readonly pods: GuardedPods }>();

  /** Gone through afresh only for a budget that is new, or selects by something else than before. */
  of(budget: Budget, { list }: Context): GuardedPods {
    const known = this.#ofBudgets.get(keyOf(budget));
    const selects = selectionOf(budget);
    if (known?.selects === selects) return known.pods;
    const pods = new GuardedPods();
    for (const pod of list(Pod, budget.metadata.namespace)) if (guards(budget, pod)) pods.put(pod);
    this.#ofBudgets.set(keyOf(budget), { selects, pods });
    return pods;
  }

  /** Takes over what has become of a pod; answers the budgets that `pod`, as it is or was, is guarded by. */
  follow(pod: PodObject, { get, list }: Context): string[] {
    const now = get(Pod, keyOf(pod));
    const touched: string[] = [];
    for (const budget of list(PodDisruptionBudget, pod.metadata.namespace)) {
      const known = this.#ofBudgets.get(keyOf(budget));
      if (now && guards(budget, now)) known?.pods.put(now);
      else known?.pods.remove(pod.metadata.name ?? '');
      if (guards(budget, pod)) touched.push(keyOf(budget));
    }
    return touched;
  }

  forget(key: string): void {
    this.#ofBudgets.delete(key);
  }
}

const selectionOf = ({ metadata, spec }: Budget): string => `${metadata.uid} ${JSON.stringify(spec.selector)}`;
