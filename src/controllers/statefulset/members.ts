import type { StatefulSet } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { isWanted, ordinalOf, ordinalsOf } from './ordinals.ts';
import { newPod } from './pod-identity.ts';
import { isUnavailable } from './pod-state.ts';
import { restored, type Revisions } from './revisions.ts';
import { staysAtCurrent } from './rolling-update.ts';

export interface Members {
  /** One for each wanted ordinal, lowest first; those that are missing are there as they are to be made. */
  readonly replicas: readonly Pod[];
  /** Pods of ordinals that are wanted no more, highest first. */
  readonly condemned: readonly Pod[];
  /** The first that is out of service: replicas before the condemned, each by ordinal. */
  readonly firstUnavailable: Pod | undefined;
}

export function membersOf(set: StatefulSet, pods: readonly Pod[], revisions: Revisions, nowMs: number): Members {
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod, set)!, pod]));
  const replicas = ordinalsOf(set).map((ordinal) => byOrdinal.get(ordinal) ?? missing(set, ordinal, revisions));
  const condemned = [...byOrdinal]
    .filter(([ordinal]) => !isWanted(ordinal, set))
    .sort(([a], [b]) => b - a)
    .map(([, pod]) => pod);
  const firstUnavailable = [...replicas, ...condemned.toReversed()].find((pod) => isUnavailable(pod, set, nowMs));
  return { replicas, condemned, firstUnavailable };
}

function missing(set: StatefulSet, ordinal: number, { current, update }: Revisions): Pod {
  const revision = staysAtCurrent(ordinal, set) ? current : update;
  return newPod(set, restored(set, revision), revision.metadata.name!, ordinal);
}
