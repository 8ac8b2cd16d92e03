import type { Clock } from '../base/clock.ts';
import type { Event } from '../api/generated/core/v1.ts';

/** From this many events that differ in their message alone, within `similarForMs`, on they are combined. */
const maxSimilar = 10;
const similarForMs = 600_000;
/** Of one source about one object: so many at once, and one more each five minutes. */
const burst = 25;
const refillMs = 300_000;
/** Memories kept of each sort; the oldest go first. */
const maxRemembered = 4096;

export interface Observed {
  /** As it is to be written, its count and first time carried on from before. */
  readonly event: Event;
  /** It was written before: the count is to be patched. */
  readonly known: boolean;
}

interface Similar {
  readonly messages: Set<string>;
  lastMs: number;
}
interface Logged {
  count: number;
  readonly firstTimestamp: string | undefined;
  readonly name: string | undefined;
}
interface Tokens {
  left: number;
  atMs: number;
}

/** What client-go's EventCorrelator decides: new event, repetition, one of many similar, or too much. */
export class EventCorrelator {
  readonly #clock: Clock;
  readonly #similar = new Map<string, Similar>();
  readonly #logged = new Map<string, Logged>();
  readonly #tokens = new Map<string, Tokens>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** undefined: this source says too much about this object. */
  observe(event: Event): Observed | undefined {
    const { event: combined, key } = this.#combine(event);
    const before = remembered(this.#logged, key, () => ({
      count: 0,
      firstTimestamp: combined.firstTimestamp,
      name: combined.metadata.name,
    }));
    before.count++;
    if (!this.#hasToken(sourceKey(event))) return undefined;
    if (before.count === 1) return { event: combined, known: false };
    const { count, firstTimestamp, name } = before;
    return {
      event: { ...combined, metadata: { ...combined.metadata, name }, count, ...(firstTimestamp !== undefined && { firstTimestamp }) },
      known: true,
    };
  }

  #combine(event: Event): { readonly event: Event; readonly key: string } {
    const similarKey = `${sourceKey(event)}|${event.type}|${event.reason}|${event.involvedObject.fieldPath ?? ''}`;
    const ownKey = `${similarKey}|${event.message}`;
    const nowMs = this.#clock.now();
    const similar = remembered(this.#similar, similarKey, () => ({ messages: new Set<string>(), lastMs: nowMs }));
    if (nowMs - similar.lastMs > similarForMs) similar.messages.clear();
    similar.lastMs = nowMs;
    similar.messages.add(event.message ?? '');
    if (similar.messages.size < maxSimilar) return { event, key: ownKey };
    const [oldest] = similar.messages;
    similar.messages.delete(oldest!);
    return { event: { ...event, message: `(combined from similar events): ${event.message}` }, key: similarKey };
  }

  #hasToken(key: string): boolean {
    const nowMs = this.#clock.now();
    const tokens = remembered(this.#tokens, key, () => ({ left: burst, atMs: nowMs }));
    tokens.left = Math.min(burst, tokens.left + (nowMs - tokens.atMs) / refillMs);
    tokens.atMs = nowMs;
    if (tokens.left < 1) return false;
    tokens.left--;
    return true;
  }
}

function sourceKey({ source, involvedObject: { kind, namespace, name, uid, apiVersion } }: Event): string {
  return [source.component, source.host, kind, namespace, name, uid, apiVersion].join('|');
}

/** What is known under the key, moved to the young end; the oldest is forgotten when there are too many. */
function remembered<V>(memory: Map<string, V>, key: string, fresh: () => V): V {
  const found = memory.get(key) ?? fresh();
  memory.delete(key);
  memory.set(key, found);
  if (memory.size > maxRemembered) memory.delete(memory.keys().next().value!);
  return found;
}
