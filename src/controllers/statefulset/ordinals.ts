import type { StatefulSet } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';

/** The ordinals that the set wants: from `spec.ordinals.start`, as many as it has replicas. */
export const ordinalsOf = ({ spec }: StatefulSet): number[] => Array.from({ length: spec.replicas ?? 1 }, (_, i) => startOrdinal(spec) + i);

export const startOrdinal = ({ ordinals }: StatefulSet['spec']): number => ordinals?.start ?? 0;

export const podName = ({ metadata }: StatefulSet, ordinal: number): string => `${metadata.name}-${ordinal}`;

/**
 * The ordinal in the pod's name; undefined where it is no name of a pod of this set. A number written in
 * another way, such as `web-007`, is none: an ordinal has one name, so that it has one pod.
 */
export function ordinalOf({ metadata: { name = '' } }: Pod, set: StatefulSet): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const text = name.slice(prefix.length);
  return name.startsWith(prefix) && /^(0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : undefined;
}

export function isWanted(ordinal: number, { spec }: StatefulSet): boolean {
  const start = startOrdinal(spec);
  return ordinal >= start && ordinal < start + (spec.replicas ?? 1);
}
