/** Which taints and labels a node should have, by what its conditions and its spec say. */
import type { Node, Taint } from '../../api/generated/core/v1.ts';
import { nodeCondition } from './health.ts';

export const notReadyKey = 'node.kubernetes.io/not-ready';
export const unreachableKey = 'node.kubernetes.io/unreachable';
const unschedulableKey = 'node.kubernetes.io/unschedulable';

/** By condition and its status. */
const conditionTaints: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: notReadyKey, Unknown: unreachableKey },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const managedKeys: ReadonlySet<string> = new Set([
  unschedulableKey,
  ...Object.values(conditionTaints).flatMap((one) => Object.values(one)),
]);

/** The NoExecute taint that tells of the node's readiness; undefined while it is ready, or has not said. */
export function evictingKey(node: Node): string | undefined {
  return conditionTaints['Ready']![nodeCondition(node, 'Ready')?.status ?? ''];
}

export const hasTaint = ({ spec }: Node, key: string, effect: string): boolean =>
  spec?.taints?.some((taint) => taint.key === key && taint.effect === effect) ?? false;

/**
 * The taints as they should be: undefined when they are. Where there is no NoExecute taint none is
 * added, for those come one by one (see `withEvictingTaint`); one that is there changes with the
 * node's readiness at once, and goes with it.
 */
export function reconciledTaints(node: Node, now: string): readonly Taint[] | undefined {
  const taints = node.spec?.taints ?? [];
  const wanted = keysToAvoid(node);
  const evicting = taints.some(isEvicting) ? evictingKey(node) : undefined;
  const isStale = (taint: Taint) =>
    isAvoiding(taint) ? !wanted.includes(taint.key) : isEvicting(taint) && nodeCondition(node, 'Ready') && taint.key !== evicting;
  const kept = taints.filter((taint) => !isStale(taint));
  const missing: Taint[] = wanted
    .filter((key) => !hasTaint(node, key, 'NoSchedule'))
    .map((key) => ({ key, effect: 'NoSchedule', timeAdded: now }));
  if (evicting !== undefined && !hasTaint(node, evicting, 'NoExecute'))
    missing.push({ key: evicting, effect: 'NoExecute', timeAdded: now });
  return missing.length === 0 && kept.length === taints.length ? undefined : [...kept, ...missing];
}

/** With the NoExecute taint that its readiness calls for; undefined when it calls for none, or it is there. */
export function withEvictingTaint(node: Node, now: string): readonly Taint[] | undefined {
  const key = evictingKey(node);
  if (key === undefined || hasTaint(node, key, 'NoExecute')) return undefined;
  return [...(withoutEvictingTaints(node) ?? node.spec?.taints ?? []), { key, effect: 'NoExecute', timeAdded: now }];
}

/** Undefined when there are none to take away. */
export function withoutEvictingTaints({ spec }: Node): readonly Taint[] | undefined {
  return spec?.taints?.some(isEvicting) ? spec.taints.filter((taint) => !isEvicting(taint)) : undefined;
}

const isEvicting = ({ key, effect }: Taint): boolean => effect === 'NoExecute' && (key === notReadyKey || key === unreachableKey);
const isAvoiding = ({ key, effect }: Taint): boolean => effect === 'NoSchedule' && managedKeys.has(key);

/** For what reasons the scheduler should avoid it. */
function keysToAvoid({ spec, status }: Node): string[] {
  const byCondition = (status?.conditions ?? []).flatMap(({ type, status: is }) => conditionTaints[type]?.[is] ?? []);
  return [...new Set(spec?.unschedulable ? [...byCondition, unschedulableKey] : byCondition)];
}

/** The old names of labels that follow the new ones. */
const followers: Readonly<Record<string, string>> = {
  'kubernetes.io/os': 'beta.kubernetes.io/os',
  'kubernetes.io/arch': 'beta.kubernetes.io/arch',
};

/** The labels as they should be; undefined when they are. */
export function reconciledLabels({ metadata: { labels = {} } }: Node): Readonly<Record<string, string>> | undefined {
  const stale = Object.entries(followers).filter(([primary, old]) => labels[primary] !== undefined && labels[old] !== labels[primary]);
  if (stale.length === 0) return undefined;
  return { ...labels, ...Object.fromEntries(stale.map(([primary, old]) => [old, labels[primary]!])) };
}
