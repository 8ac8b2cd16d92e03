/** Queueing hints in terms of typed objects: what plugins ask of an event. Source: kube-scheduler's util.As. */
import type { Node, Pod } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import type { EventInterest } from '../framework.ts';

/** What happened to an object: added without `old`, gone without `now`. */
export interface Change<O> {
  readonly old?: O;
  readonly now?: O;
}

export const interest = <O extends KubeObject>(kind: Kind<O>, helps: (pod: Pod, change: Change<O>) => boolean): EventInterest => ({
  kind,
  helps: (pod, event) => helps(pod, event as Change<O>),
});

export const isAdded = ({ old, now }: Change<KubeObject>): boolean => old === undefined && now !== undefined;
export const isGone = ({ now }: Change<KubeObject>): boolean => now === undefined;

/** Did something happen to the waiting pod itself? */
export const isSamePod = (pod: Pod, { now }: Change<Pod>): boolean => now !== undefined && now.metadata.uid === pod.metadata.uid;

/** Did the waiting pod itself get other tolerations? */
export const toleratesOtherTaints = (pod: Pod, change: Change<Pod>): boolean =>
  isSamePod(pod, change) && !semanticallyEqual(change.old?.spec.tolerations, change.now?.spec.tolerations);

export function labelsChanged({ old, now }: Change<KubeObject>): boolean {
  if (!old || !now) return false;
  const before = old.metadata.labels ?? {};
  const after = now.metadata.labels ?? {};
  if (before === after) return false;
  const keys = Object.keys(after);
  return keys.length !== Object.keys(before).length || keys.some((key) => before[key] !== after[key]);
}

/** A node added, or with other labels: what may make topologies and selectors fit. */
export const isAddedOrRelabelled = (change: Change<Node>): boolean => isAdded(change) || labelsChanged(change);
