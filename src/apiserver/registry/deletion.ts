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
  const next = structuredClone(object) as Draft<KubeObject>;
  const { metadata } = next;
  const finalizers = finalizersFor(kind, object, options);
  const changed =
    finalizers.length !== (metadata.finalizers ?? []).length || finalizers.some((finalizer) => !metadata.finalizers!.includes(finalizer));
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const graceSeconds = kind.strategy.deletionGraceSeconds?.(object, options.gracePeriodSeconds) ?? 0;
  const pending = metadata.deletionTimestamp === undefined ? undefined : (metadata.deletionGracePeriodSeconds ?? 0);
  if (pending !== undefined && graceSeconds >= pending) return changed ? next : undefined;

  metadata.deletionGracePeriodSeconds = graceSeconds;
  if (pending === undefined) {
    metadata.deletionTimestamp = timestampOf(nowMs + graceSeconds * 1000);
    if (metadata.generation !== undefined && metadata.generation > 0) metadata.generation++;
  } else {
    // A shorter grace counts from when the deletion began.
    const beganMs = Date.parse(metadata.deletionTimestamp!) - pending * 1000;
    metadata.deletionTimestamp = timestampOf(Math.max(beganMs + graceSeconds * 1000, graceSeconds === 0 ? nowMs : 0));
  }
  kind.strategy.prepareForDeletion?.(next);
  return next;
}
