import type { Pod } from '../../api/generated/core/v1.ts';
import { matchesLabels } from '../../api/label-selector.ts';
import type { LabelRequirement } from '../../api/label-requirement.ts';

/** Which pods each autoscaler's target selects, as far as it has been looked at: two must not pull at the same pods. */
export class Selections {
  readonly #ofAutoscalers = new Map<string, readonly LabelRequirement[]>();

  /** `namespace/name` of the autoscaler. */
  note(key: string, selector: readonly LabelRequirement[]): void {
    this.#ofAutoscalers.set(key, selector);
  }

  forget(key: string): void {
    this.#ofAutoscalers.delete(key);
  }

  /** The names of all autoscalers of the namespace whose targets select any of the pods, in order. */
  rivals(namespace: string, pods: readonly Pod[]): string[] {
    return Array.from(this.#ofAutoscalers)
      .filter(([key, selector]) => key.startsWith(`${namespace}/`) && pods.some(({ metadata }) => matchesLabels(selector, metadata.labels)))
      .map(([key]) => key.slice(namespace.length + 1))
      .sort((a, b) => (a < b ? -1 : 1));
  }
}
