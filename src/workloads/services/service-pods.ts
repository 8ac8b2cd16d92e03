import type { Pod as PodObject, Service as ServiceObject } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { keyOf, type Change, type Informer } from '../../client/informer.ts';
import { byNamespace, type Informers } from '../../client/informers.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Which pods a service selects, and which services select a pod, kept up to date from both informers,
 * so that neither question costs a walk over a namespace. Services without a selector select nothing.
 * One per set of informers; ask for it before the controllers that use it begin to listen.
 */
export class ServicePods {
  readonly #pods: Informer<PodObject>;
  readonly #selections = new Map<string, Selection>();
  /** Keys of services under one pair of their selector: the only ones that a pod with that label can belong to. */
  readonly #byPair = new Map<string, Set<string>>();

  static of(informers: Informers): ServicePods {
    let kept = perInformers.get(informers);
    if (!kept) {
      kept = new ServicePods(informers);
      perInformers.set(informers, kept);
    }
    return kept;
  }

  private constructor(informers: Informers) {
    this.#pods = informers.of(Pod);
    informers.of(Service).onChange((change) => this.#onService(change));
    this.#pods.onChange((change) => this.#onPod(change));
  }

  /** Keys of the services that select a pod with these labels. */
  servicesOf({ metadata: { namespace = '', labels = {} } }: PodObject): string[] {
    return Object.entries(labels).flatMap(([label, value]) =>
      [...(this.#byPair.get(pairKey(namespace, label, value)) ?? [])].filter((key) => selects(this.#selections.get(key)!.selector, labels)),
    );
  }

  /** In the order in which they came. */
  podsOf(service: ServiceObject): PodObject[] {
    const keys = this.#selections.get(keyOf(service))?.pods ?? [];
    return Array.from(keys, (key) => this.#pods.get(key)).filter((pod) => pod !== undefined);
  }

  #onService({ now, old }: Change<ServiceObject>): void {
    if (now && old && semanticallyEqual(now.spec?.selector, old.spec?.selector)) return;
    if (old) this.#forget(keyOf(old), old);
    if (now) this.#remember(keyOf(now), now);
  }

  #remember(key: string, { metadata: { namespace = '' }, spec }: ServiceObject): void {
    const selector = spec?.selector ?? {};
    const [pair] = Object.entries(selector);
    if (!pair) return;
    const matching = this.#pods.byIndex(byNamespace, namespace).filter(({ metadata }) => selects(selector, metadata.labels));
    this.#selections.set(key, { selector, pods: new Set(matching.map(keyOf)) });
    const pairName = pairKey(namespace, ...pair);
    this.#byPair.set(pairName, (this.#byPair.get(pairName) ?? new Set()).add(key));
  }

  #forget(key: string, { metadata: { namespace = '' }, spec }: ServiceObject): void {
    const [pair] = Object.entries(spec?.selector ?? {});
    if (!pair) return;
    this.#selections.delete(key);
    const pairName = pairKey(namespace, ...pair);
    this.#byPair.get(pairName)?.delete(key);
    if (this.#byPair.get(pairName)?.size === 0) this.#byPair.delete(pairName);
  }

  #onPod({ now, old }: Change<PodObject>): void {
    if (now && old && semanticallyEqual(now.metadata.labels, old.metadata.labels)) return;
    if (old) for (const service of this.servicesOf(old)) this.#selections.get(service)!.pods.delete(keyOf(old));
    if (now) for (const service of this.servicesOf(now)) this.#selections.get(service)!.pods.add(keyOf(now));
  }
}

const perInformers = new WeakMap<Informers, ServicePods>();

interface Selection {
  readonly selector: Labels;
  readonly pods: Set<string>;
}

const pairKey = (namespace: string, label: string, value: string): string => `${namespace}/${label}=${value}`;

function selects(selector: Labels, labels: Labels | undefined): boolean {
  if (!labels) return false;
  for (const label of Object.keys(selector)) if (labels[label] !== selector[label]) return false;
  return true;
}
