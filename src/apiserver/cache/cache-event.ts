import type { WatchFrame } from '../../api/call.ts';
import type { Encodable } from '../../api/call.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { concatBytes, utf8 } from '../../codec/bytes.ts';
import type { StoredObject } from './stored-object.ts';

/** One change of one object, as the watch cache holds and hands it out. */
export class CacheEvent {
  /** Counts the resource's events; without gaps. */
  readonly sequence: number;
  readonly revision: number;
  readonly atMs: number;
  /** Absent for a deletion. */
  readonly current: StoredObject | undefined;
  /** Absent for a creation. */
  readonly previous: StoredObject | undefined;
  /** The last state under the deletion's revision, or that of the change by which it left a selection. */
  #gone: StoredObject | undefined;
  readonly #frames = new Map<Kind, Partial<Record<WatchFrame['type'], Frame>>>();

  constructor(sequence: number, revision: number, atMs: number, current: StoredObject | undefined, previous: StoredObject | undefined) {
    this.sequence = sequence;
    this.revision = revision;
    this.atMs = atMs;
    this.current = current;
    this.previous = previous;
  }

  get bytes(): number {
    return (this.current ?? this.previous)?.value.length ?? 0;
  }

  /** The frame for watchers that see the object in `kind`'s version: one for all of them. */
  frame(type: 'ADDED' | 'MODIFIED' | 'DELETED', kind: Kind): WatchFrame {
    let frames = this.#frames.get(kind);
    if (!frames) this.#frames.set(kind, (frames = {}));
    return (frames[type] ??= new Frame(type, this.#subject(type).as(kind)));
  }

  #subject(type: 'ADDED' | 'MODIFIED' | 'DELETED'): StoredObject {
    if (type !== 'DELETED') return this.current!;
    return (this.#gone ??= this.previous!.at(this.revision));
  }
}

/** A watch event around an object that is encoded at most once. */
export class Frame implements WatchFrame {
  readonly type: WatchFrame['type'];
  readonly #value: Encodable;
  #line: Uint8Array | undefined;

  constructor(type: WatchFrame['type'], value: Encodable) {
    this.type = type;
    this.#value = value;
  }

  get object(): KubeObject {
    return this.#value.object;
  }

  json(): readonly Uint8Array[] {
    return this.#value.json();
  }

  line(): Uint8Array {
    return (this.#line ??= concatBytes([lineStart[this.type], ...this.#value.json(), lineEnd]));
  }
}

const lineStart: Record<WatchFrame['type'], Uint8Array> = {
  ADDED: utf8('{"type":"ADDED","object":'),
  MODIFIED: utf8('{"type":"MODIFIED","object":'),
  DELETED: utf8('{"type":"DELETED","object":'),
  BOOKMARK: utf8('{"type":"BOOKMARK","object":'),
};
const lineEnd = utf8('}\n');
