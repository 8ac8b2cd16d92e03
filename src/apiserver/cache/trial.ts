import { silentLog } from '../../base/log.ts';
import { seededRng } from '../../base/rng.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { WatchFrame, WatchSink } from '../../api/call.ts';
import type { Draft } from '../../api/draft.ts';
import type { ApiError } from '../../api/errors.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { KindRegistry } from '../../api/registry.ts';
import type { KubeObject } from '../../api/meta.ts';
import { allKinds } from '../../api/kinds/all.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { Storages, type StoragesOptions } from '../storage/storages.ts';
import { defaultRingLimits } from './event-ring.ts';
import type { StoredObject } from './stored-object.ts';

/** Storages over a store in memory, on a clock that a test moves; objects are frozen. For tests. */
export function trialStorages(changes: Partial<StoragesOptions> = {}) {
  const clock = new VirtualClock({ turn: microtasks });
  const store = new MemoryStore({ env: { clock, log: silentLog, rng: seededRng(1) } });
  const kinds = new KindRegistry(allKinds);
  const storages = new Storages({
    store,
    clock,
    kinds,
    decodedBytes: 1024 * 1024,
    ringLimits: defaultRingLimits,
    bookmarkEveryMs: 60_000,
    freeze: true,
    onEvents: () => {},
    ...changes,
  });
  return { clock, store, kinds, storages, pods: storages.of(Pod) };
}

/** Nothing here waits for more than promises. */
async function microtasks(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

export interface TrialPod {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly nodeName?: string;
}

export const podNamed = (name: string, { namespace = 'default', labels, nodeName }: TrialPod = {}): Draft<KubeObject> =>
  ({
    metadata: { name, namespace, ...(labels && { labels }) },
    spec: { containers: [], ...(nodeName && { nodeName }) },
  }) as Draft<KubeObject>;

export async function put(storage: ResourceStorage, object: KubeObject): Promise<StoredObject> {
  const key = storage.keyOf(object.metadata.namespace, object.metadata.name!);
  const current = await storage.get(key);
  const draft = structuredClone(object) as Parameters<ResourceStorage['create']>[1];
  const result = current ? await storage.update(key, current.revision, draft) : await storage.create(key, draft);
  if ('found' in result) throw new Error(`${key} was changed by somebody else`);
  return result.done;
}

export async function remove(storage: ResourceStorage, object: KubeObject): Promise<StoredObject> {
  const current = await storage.get(storage.keyOf(object.metadata.namespace, object.metadata.name!));
  const result = await storage.remove(current!);
  if ('found' in result) throw new Error('it was changed by somebody else');
  return result.done;
}

/** A sink that writes down what it sees, and is full after `room` frames until it gets more. */
export class RecordingSink implements WatchSink {
  readonly frames: WatchFrame[] = [];
  ended: { readonly error: ApiError | undefined } | undefined;
  room: number;

  constructor(room = Infinity) {
    this.room = room;
  }

  frame(frame: WatchFrame): boolean {
    this.frames.push(frame);
    return this.frames.length < this.room;
  }

  end(error?: ApiError): void {
    this.ended = { error };
  }

  /** `ADDED web`, and `BOOKMARK` alone. */
  get seen(): string[] {
    return this.frames.map(({ type, object }) => (type === 'BOOKMARK' ? type : `${type} ${object.metadata.name}`));
  }
}
