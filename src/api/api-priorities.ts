import type { GroupVersion } from './meta.ts';

/**
 * The order in which discovery names groups, highest first, and the priority each has as an
 * APIService (kube-aggregator's groupPriorityMinimum). Two groups of one priority stand in
 * alphabetic order.
 */
const groupPriorities: Readonly<Record<string, number>> = {
  '': 18000,
  'apiregistration.k8s.io': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'networking.k8s.io': 17200,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'admissionregistration.k8s.io': 16700,
  'apiextensions.k8s.io': 16700,
  'scheduling.k8s.io': 16600,
  'coordination.k8s.io': 16500,
  'node.k8s.io': 16300,
  'discovery.k8s.io': 16200,
  'flowcontrol.apiserver.k8s.io': 16100,
  'internal.apiserver.k8s.io': 16000,
  'resource.k8s.io': 15900,
  'storagemigration.k8s.io': 15800,
  'metrics.k8s.io': 100,
};

/** What groups of custom resources have. */
const customGroupPriority = 1000;

export const groupPriority = (group: string): number => groupPriorities[group] ?? customGroupPriority;

export const compareGroups = (one: string, other: string): number =>
  groupPriority(other) - groupPriority(one) || (one < other ? -1 : one > other ? 1 : 0);

/**
 * The best version first: stable before beta before alpha, the higher number first, and what is
 * no such version last, by the alphabet (apimachinery's version.CompareKubeAwareVersionStrings).
 */
export function compareVersions(one: string, other: string): number {
  const a = partsOf(one);
  const b = partsOf(other);
  if (!a || !b) return a ? -1 : b ? 1 : one < other ? -1 : one > other ? 1 : 0;
  return b.stability - a.stability || b.major - a.major || b.minor - a.minor;
}

export const compareGroupVersions = (one: GroupVersion, other: GroupVersion): number =>
  compareGroups(one.group, other.group) || compareVersions(one.version, other.version);

function partsOf(version: string): { stability: number; major: number; minor: number } | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return undefined;
  return {
    stability: match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0,
    major: Number(match[1]),
    minor: Number(match[3] ?? 0),
  };
}
