import { decodeStored } from '../../../src/apiserver/cache/encoding.ts';
import type { Kind } from '../../../src/api/kind.ts';
import type { KubeObject } from '../../../src/api/meta.ts';
import type { StoreEvent } from '../../../src/store/store.ts';
import { controllerOf } from '../../../src/workloads/owner.ts';

/** One committed write of one object. */
export interface Change {
  readonly revision: number;
  /** When it was committed, milliseconds since the epoch. */
  readonly nowMs: number;
  readonly key: string;
  /** As it was; absent where the object was made. */
  readonly before?: KubeObject;
  /** As it is; absent where it is gone. */
  readonly after?: KubeObject;
}

/** Written all the time by those who live; nothing is promised about them. */
const noise = ['/registry/leases/', '/registry/events/', '/registry/masterleases/'];

/** The cluster as the store has it, revision after revision. Nothing here asks a component. */
export class ClusterModel {
  readonly #byKind = new Map<string, Map<string, KubeObject>>();
  readonly #byController = new Map<string, Map<string, KubeObject>>();
  readonly #objects = new Map<string, KubeObject>();
  /** Living objects by uid, as owners are named. */
  readonly uids = new Map<string, KubeObject>();

  /** undefined for what is only noise. */
  apply({ type, entry }: StoreEvent, nowMs: number): Change | undefined {
    const { key, modRevision: revision } = entry;
    if (noise.some((prefix) => key.startsWith(prefix))) return undefined;
    const after = type === 'put' ? decodeObject(entry.value, revision) : undefined;
    return this.write(key, after, revision, nowMs);
  }

  write(key: string, after: KubeObject | undefined, revision: number, nowMs: number): Change {
    const before = this.#objects.get(key);
    if (before) this.#forget(key, before);
    if (after) this.#keep(key, after);
    return { revision, nowMs, key, ...(before && { before }), ...(after && { after }) };
  }

  all<O extends KubeObject>({ kind }: Kind<O>): readonly O[] {
    return [...(this.#byKind.get(kind)?.values() ?? [])] as O[];
  }

  get objects(): ReadonlyMap<string, KubeObject> {
    return this.#objects;
  }

  get<O extends KubeObject>(kind: Kind<O>, uid: string | undefined): O | undefined {
    const found = this.uids.get(uid ?? '');
    return found?.kind === kind.kind ? (found as O) : undefined;
  }

  /** What the object with this uid controls. */
  controlledBy<O extends KubeObject>({ kind }: Kind<O>, uid: string | undefined): O[] {
    return [...(this.#byController.get(uid ?? '')?.values() ?? [])].filter((one) => one.kind === kind) as O[];
  }

  #keep(key: string, object: KubeObject): void {
    this.#objects.set(key, object);
    entryOf(this.#byKind, object.kind ?? '').set(key, object);
    const controller = controllerOf(object)?.uid;
    if (controller) entryOf(this.#byController, controller).set(key, object);
    this.uids.set(object.metadata.uid ?? '', object);
  }

  #forget(key: string, object: KubeObject): void {
    this.#objects.delete(key);
    this.#byKind.get(object.kind ?? '')?.delete(key);
    this.#byController.get(controllerOf(object)?.uid ?? '')?.delete(key);
    this.uids.delete(object.metadata.uid ?? '');
  }
}

/** Not everything under /registry is an object: address ranges are kept there too. */
function decodeObject(value: Uint8Array, revision: number): KubeObject | undefined {
  const first = value[0];
  return first === 0x7b ? decodeStored(value, revision) : undefined;
}

function entryOf(map: Map<string, Map<string, KubeObject>>, key: string): Map<string, KubeObject> {
  let entry = map.get(key);
  if (!entry) map.set(key, (entry = new Map()));
  return entry;
}

export const isKind = <O extends KubeObject>({ kind }: Kind<O>, object: KubeObject | undefined): object is O => object?.kind === kind;

export const nameOf = ({ metadata }: KubeObject): string => (metadata.namespace ? `${metadata.namespace}/` : '') + (metadata.name ?? '');
