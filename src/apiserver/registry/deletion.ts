import { cloneJson } from '../../codec/clone-json.ts';
import type { DeleteOptions } from '../../api/call.ts';
import type { Draft } from '../../api/draft.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { timestampOf } from './object-parts.ts';

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

/** Is an object that is being deleted free to go? Source: apiserver's ShouldDeleteDuringUpdate. */
export function isReleased(kind: Kind, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  return (
    deletionTimestamp !== undefined && finalizers.length === 0 && deletionGracePeriodSeconds === 0 && !kind.strategy.holdsDeletion?.(object)
  );
}

/** The finalizers that an object has once its deletion was asked for in this way. */
export function finalizersFor(kind: Kind, { metadata }: KubeObject, options: DeleteOptions): string[] {
  const present = metadata.finalizers ?? [];
  const others = present.filter((finalizer) => finalizer !== orphan && finalizer !== foreground);
  switch (propagationOf(kind, present, options)) {
    case 'Orphan':
      return [...others, orphan];
    case 'Foreground':
      return [...others, foreground];
    default:
      return others;
  }
}

function propagationOf(kind: Kind, present: readonly string[], { orphanDependents, propagationPolicy }: DeleteOptions): string {
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background';
  if (propagationPolicy !== undefined) return propagationPolicy;
  // Who deleted it first has said how.
  if (present.includes(orphan)) return 'Orphan';
  if (present.includes(foreground)) return 'Foreground';
  return kind.strategy.defaultPropagation === 'orphan' ? 'Orphan' : 'Background';
}

/**
 * The object as a deletion leaves it: marked, or released. `undefined` when it is going already and
 * nothing would change. Source: apiserver's rest.BeforeDelete.
 */
export function beginDeletion(kind: Kind, object: KubeObject, options: DeleteOptions, nowMs: number): Draft<KubeObject> | undefined {
  const next = cloneJson(object) as Draft<KubeObject>;
  const { metadata } = next;
  if (metadata.deletionTimestamp !== undefined && (metadata.deletionGracePeriodSeconds ?? 0) > 0) {
    // Somebody else ends it when its grace is over; until then a deletion can only shorten that.
    return shortenGrace(metadata, options.gracePeriodSeconds, nowMs) ? withFinalizers(next, kind, options) : undefined;
  }
  if (metadata.deletionTimestamp === undefined) {
    const graceSeconds = kind.strategy.deletionGraceSeconds?.(object, options.gracePeriodSeconds) ?? 0;
    metadata.deletionTimestamp = timestampOf(nowMs + graceSeconds * 1000);
    metadata.deletionGracePeriodSeconds = graceSeconds;
    if (metadata.generation !== undefined && metadata.generation > 0) metadata.generation++;
    kind.strategy.prepareForDeletion?.(next);
    return withFinalizers(next, kind, options);
  }
  const before = metadata.finalizers ?? [];
  const { finalizers = [] } = withFinalizers(next, kind, options).metadata;
  const changed = finalizers.length !== before.length || finalizers.some((finalizer) => !before.includes(finalizer));
  return changed || isReleased(kind, next) ? next : undefined;
}

function withFinalizers(object: Draft<KubeObject>, kind: Kind, options: DeleteOptions): Draft<KubeObject> {
  const finalizers = finalizersFor(kind, object, options);
  if (finalizers.length > 0) object.metadata.finalizers = finalizers;
  else delete object.metadata.finalizers;
  return object;
}

/** A shorter grace counts from when the deletion began. False if `askedSeconds` is none, or not shorter. */
function shortenGrace(metadata: Draft<KubeObject>['metadata'], askedSeconds: number | undefined, nowMs: number): boolean {
  const pendingSeconds = metadata.deletionGracePeriodSeconds ?? 0;
  if (askedSeconds === undefined) return false;
  const seconds = askedSeconds < 0 ? 1 : askedSeconds;
  if (seconds >= pendingSeconds) return false;
  const beganMs = Date.parse(metadata.deletionTimestamp!) - pendingSeconds * 1000;
  const endMs = beganMs + seconds * 1000;
  metadata.deletionTimestamp = timestampOf(Math.max(endMs, nowMs));
  // A grace that would be over already still leaves the node a second to end the pod properly.
  metadata.deletionGracePeriodSeconds = endMs < nowMs && seconds !== 0 ? 1 : seconds;
  return true;
}
