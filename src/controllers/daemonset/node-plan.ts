import type { Pod } from '../../api/generated/core/v1.ts';
import { isAvailable, isReady } from '../../api/pods/pod-state.ts';
import { hashOf } from './daemon-pod.ts';
import type { Fit } from './fit.ts';

export interface NodeSituation {
  readonly fit: Fit;
  /** Of the set, on this node. */
  readonly pods: readonly Pod[];
  readonly hash: string;
  readonly allowsSurge: boolean;
  readonly minReadySeconds: number;
  readonly nowMs: number;
}

export interface NodePlan {
  readonly create: boolean;
  readonly remove: readonly Pod[];
  /** Those that failed: to be removed too, if not too soon after the last. */
  readonly failed: readonly Pod[];
  readonly succeeded: readonly Pod[];
}

const nothing: NodePlan = { create: false, remove: [], failed: [], succeeded: [] };

/** What is to be done on one node before any update. Source: podsShouldBeOnNode in pkg/controller/daemon. */
export function planNode(situation: NodeSituation): NodePlan {
  const { fit, pods, allowsSurge } = situation;
  if (fit.shouldRun && pods.length === 0) return { ...nothing, create: true };
  const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (!fit.mayStay) return { ...nothing, remove: alive };
  const inPhase = (phase: string) => alive.filter(({ status }) => status?.phase === phase);
  const running = alive.filter(({ status }) => status?.phase !== 'Failed' && status?.phase !== 'Succeeded').sort(byAge);
  return {
    // Who surges does not wait for the end of the last one.
    create: allowsSurge && fit.shouldRun && running.length === 0,
    remove: allowsSurge ? beyondSurge(running, situation) : running.slice(1),
    failed: inPhase('Failed'),
    succeeded: inPhase('Succeeded'),
  };
}

/** Those with a node first, then the oldest. */
export function byAge(a: Pod, b: Pod): number {
  if (!!a.spec.nodeName !== !!b.spec.nodeName) return a.spec.nodeName ? -1 : 1;
  const key = ({ metadata }: Pod) => `${metadata.creationTimestamp ?? ''}/${metadata.name ?? ''}`;
  return key(a) < key(b) ? -1 : 1;
}

/** An old and a new pod may be side by side as long as the old one is ready and the new one is not yet available. */
function beyondSurge(running: readonly Pod[], { hash, minReadySeconds, nowMs }: NodeSituation): Pod[] {
  if (running.length <= 1) return [];
  const [newest, ...moreNew] = running.filter((pod) => hashOf(pod) === hash);
  const [old, ...moreOld] = running.filter((pod) => hashOf(pod) !== hash);
  const isReplaced = newest && old && (!isReady(old) || isAvailable(newest, minReadySeconds, nowMs));
  return [...moreNew, ...moreOld, ...(isReplaced ? [old] : [])];
}
