import type { Deployment, ReplicaSet } from '../../api/generated/apps/v1.ts';
import type { PodTemplateSpec } from '../../api/generated/core/v1.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { revisionOf } from './revision.ts';

/** The label that tells the pods of one ReplicaSet of a Deployment from those of another. */
export const hashLabel = 'pod-template-hash';

/** A Deployment's ReplicaSets. */
export interface Family {
  /** The one with the Deployment's template; absent until it is made. */
  readonly current?: ReplicaSet;
  readonly old: readonly ReplicaSet[];
}

/** Of several with the Deployment's template, as there may be after an upgrade, the oldest is the current one. */
export function familyOf({ spec }: Deployment, replicaSets: readonly ReplicaSet[]): Family {
  const sorted = replicaSets.toSorted(byAge);
  const current = sorted.find((one) => sameTemplate(one.spec.template ?? {}, spec.template));
  return { ...(current && { current }), old: sorted.filter((one) => one !== current) };
}

export const allOf = ({ current, old }: Family): readonly ReplicaSet[] => (current ? [...old, current] : old);

/** The family after one of its members was written. */
export function withMember({ current, old }: Family, member: ReplicaSet): Family {
  const newer = (one: ReplicaSet): ReplicaSet => (one.metadata.uid === member.metadata.uid ? member : one);
  return { ...(current && { current: newer(current) }), old: old.map(newer) };
}

/** The pods it is to have. */
export const sizeOf = ({ spec }: ReplicaSet): number => spec.replicas ?? 1;
export const isInUse = (replicaSet: ReplicaSet): boolean => sizeOf(replicaSet) > 0;

/** Available pods that it will still have when it has come down to its size: those go last. */
export const availableOf = (replicaSet: ReplicaSet): number => Math.min(replicaSet.status.availableReplicas ?? 0, sizeOf(replicaSet));

/** Its controller has seen its size; until then its status may be about another one. */
export const isObserved = ({ metadata, status }: ReplicaSet): boolean => (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);

/** It has no pods left that are to go: none that a new pod elsewhere would come on top of. */
export const isSettled = (replicaSet: ReplicaSet): boolean =>
  isObserved(replicaSet) && (replicaSet.status.replicas ?? 0) <= sizeOf(replicaSet);

export const total = (replicaSets: readonly ReplicaSet[], count: (one: ReplicaSet) => number): number =>
  replicaSets.reduce((sum, one) => sum + count(one), 0);

/** The oldest first. */
export const byAge = (a: ReplicaSet, b: ReplicaSet): number => byText(createdAt(a), createdAt(b)) || byText(nameOf(a), nameOf(b));

/** The lowest revision first. */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const [ofA, ofB] = [revisionOf(a), revisionOf(b)];
  return ofA === undefined || ofB === undefined || ofA === ofB ? byAge(a, b) : ofA < ofB ? -1 : 1;
}

const nameOf = ({ metadata }: ReplicaSet): string => metadata.name ?? '';
const createdAt = ({ metadata }: ReplicaSet): string => metadata.creationTimestamp ?? '';
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Do they mean the same, whatever hash they are labelled with? */
export const sameTemplate = (one: PodTemplateSpec, other: PodTemplateSpec): boolean =>
  semanticallyEqual(one.spec, other.spec) && semanticallyEqual(comparable(one), comparable(other));

function comparable({ metadata = {} }: PodTemplateSpec): unknown {
  const { [hashLabel]: _hash, ...labels } = metadata.labels ?? {};
  const { annotations = {} } = metadata;
  return { ...metadata, labels, annotations, creationTimestamp: undefined };
}
