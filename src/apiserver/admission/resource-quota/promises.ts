import type { Clock } from '../../../base/clock.ts';
import type { Kind } from '../../../api/kind.ts';
import type { KubeObject } from '../../../api/meta.ts';

/** How long a write that was let through may take until it is seen. */
const keepMs = 5000;

/** Objects that were let through and are not stored yet: without them, a thousand creates at once would each find room. */
export class Promises {
  readonly #clock: Clock;
  readonly #pending = new Map<string, { readonly object: KubeObject; readonly plural: string; readonly untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(kind: Kind, object: KubeObject): void {
    const { namespace = '', name } = object.metadata;
    if (!name) return;
    const untilMs = this.#clock.monotonic() + keepMs;
    this.#pending.set(`${kind.plural}.${kind.group}/${namespace}/${name}`, { object, plural: `${kind.plural}.${kind.group}`, untilMs });
  }

  /** What is promised in the namespace beyond what is `stored`. */
  beyond(kind: Kind, namespace: string, stored: readonly KubeObject[]): KubeObject[] {
    if (this.#pending.size === 0) return [];
    const seen = new Set(stored.map(({ metadata }) => metadata.name));
    const nowMs = this.#clock.monotonic();
    const more: KubeObject[] = [];
    for (const [key, { object, plural, untilMs }] of this.#pending) {
      if (plural !== `${kind.plural}.${kind.group}` || object.metadata.namespace !== namespace) {
        if (untilMs <= nowMs) this.#pending.delete(key);
      } else if (untilMs <= nowMs || seen.has(object.metadata.name)) this.#pending.delete(key);
      else more.push(object);
    }
    return more;
  }
}
