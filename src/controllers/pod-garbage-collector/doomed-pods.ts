/** Which pods are to go, of all there are. Source: upstream's pkg/controller/podgc. */
import type { Node, Pod } from '../../api/generated/core/v1.ts';
import { isFinished, isScheduled } from '../../api/pods/pod-state.ts';

/** Terminated pods beyond the `threshold`: evicted ones first, then the oldest. None for a threshold of 0. */
export function terminatedBeyond(pods: readonly Pod[], threshold: number): Pod[] {
  if (threshold <= 0) return [];
  const terminated = pods.filter(isFinished);
  return terminated.length <= threshold ? [] : terminated.sort(byWorth).slice(0, terminated.length - threshold);
}

/** Pods that are going on nodes that will not tell of it: not ready, and marked out of service by somebody who knows. */
export const goingOnLostNodes = (pods: readonly Pod[], node: (name: string) => Node | undefined): Pod[] =>
  pods
    .filter(({ metadata, spec }) => {
      if (!metadata.deletionTimestamp || !spec.nodeName) return false;
      const on = node(spec.nodeName);
      return on !== undefined && isOutOfService(on);
    })
    .sort(byWorth);

/** Pods that are going and were never bound: no kubelet will end them. */
export const goingUnbound = (pods: readonly Pod[]): Pod[] =>
  pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isScheduled(pod));

function isOutOfService({ spec, status }: Node): boolean {
  const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  return !isReady && (spec?.taints?.some(({ key }) => key === 'node.kubernetes.io/out-of-service') ?? false);
}

/** Those that are missed least come first; by name where they are of one age. */
function byWorth(a: Pod, b: Pod): number {
  const evictedFirst = Number(isEvicted(b)) - Number(isEvicted(a));
  if (evictedFirst !== 0) return evictedFirst;
  return compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compare(a.metadata.name, b.metadata.name);
}

const isEvicted = ({ status }: Pod): boolean => status?.phase === 'Failed' && status.reason === 'Evicted';
const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
