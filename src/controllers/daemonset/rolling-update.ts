import type { DaemonSet } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { scaledIntOrPercent } from '../../api/int-or-string.ts';
import { isAvailable } from '../../api/pods/pod-state.ts';
import { hashOf } from './daemon-pod.ts';

export interface UpdateSituation {
  readonly set: DaemonSet;
  readonly hash: string;
  /** By node: all nodes with pods of the set, and those that should have one. */
  readonly podsByNode: ReadonlyMap<string, readonly Pod[]>;
  readonly shouldRun: (node: string) => boolean;
  /** Nodes that should have a pod. */
  readonly desired: number;
  readonly nowMs: number;
}

export interface Update {
  readonly remove: readonly Pod[];
  /** Nodes that get a new pod beside the old one. */
  readonly create: readonly string[];
}

/** The next step from old pods to new ones. Source: rollingUpdate in pkg/controller/daemon/update.go. */
export function rollingUpdate(situation: UpdateSituation): Update {
  if (situation.set.spec.updateStrategy?.type !== 'RollingUpdate') return { remove: [], create: [] };
  const surge = surgeOf(situation.set, situation.desired);
  return surge > 0 ? surgingUpdate(situation, surge) : replacingUpdate(situation, unavailableOf(situation));
}

/** May there be more than one pod of the set on a node? */
export const allowsSurge = (set: DaemonSet): boolean => surgeOf(set, 1) > 0;

const surgeOf = ({ spec }: DaemonSet, desired: number): number =>
  spec.updateStrategy?.type === 'RollingUpdate' ? scaledIntOrPercent(spec.updateStrategy.rollingUpdate?.maxSurge ?? 0, desired, 'up') : 0;

/** Not 0 where there is no surge either, or nothing would ever be updated. */
const unavailableOf = ({ set, desired }: UpdateSituation): number =>
  Math.max(1, scaledIntOrPercent(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired, 'up'));

/** Deletes old pods, those out of service at once, others while no more than `maxUnavailable` are; new ones follow by themselves. */
function replacingUpdate({ set, hash, podsByNode, nowMs }: UpdateSituation, maxUnavailable: number): Update {
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const outOfService: Pod[] = [];
  const inService: Pod[] = [];
  let unavailable = 0;
  for (const pods of podsByNode.values()) {
    const pair = oldAndNew(pods, hash);
    // No pod, or too many: that is seen to elsewhere, and the node counts as without one until then.
    if (!pair || !pair.old === !pair.fresh) unavailable++;
    else if (pair.fresh) unavailable += isAvailable(pair.fresh, minReadySeconds, nowMs) ? 0 : 1;
    else (isAvailable(pair.old!, minReadySeconds, nowMs) ? inService : outOfService).push(pair.old!);
  }
  return { remove: [...outOfService, ...inService.slice(0, Math.max(0, maxUnavailable - unavailable))], create: [] };
}

/** Makes new pods beside old ones, no more than `maxSurge` beside old ones that serve, and deletes the old when the new serve. */
function surgingUpdate({ set, hash, podsByNode, shouldRun, nowMs }: UpdateSituation, maxSurge: number): Update {
  const available = (pod: Pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs);
  const remove: Pod[] = [];
  const atOnce: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  for (const [node, pods] of podsByNode) {
    const pair = oldAndNew(pods, hash);
    if (!pair) surging++;
    else if (pair.old && pair.fresh) {
      if (!available(pair.old) || available(pair.fresh)) remove.push(pair.old);
      else surging++;
    } else if (pair.old && !shouldRun(node)) {
      if (!available(pair.old)) remove.push(pair.old);
    } else if (pair.old) (available(pair.old) ? candidates : atOnce).push(node);
  }
  return { remove, create: [...atOnce, ...candidates.slice(0, Math.max(0, maxSurge - surging))] };
}

/** Undefined when there are several of one kind. Pods that are going count no more. */
function oldAndNew(pods: readonly Pod[], hash: string): { readonly old: Pod | undefined; readonly fresh: Pod | undefined } | undefined {
  const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [fresh, ...moreFresh] = alive.filter((pod) => hashOf(pod) === hash);
  const [old, ...moreOld] = alive.filter((pod) => hashOf(pod) !== hash);
  return moreFresh.length + moreOld.length > 0 ? undefined : { old, fresh };
}
