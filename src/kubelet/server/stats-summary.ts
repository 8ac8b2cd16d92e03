import { timestampOf } from '../../api/timestamps.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import type { ContainerStats } from '../../runtime/cri.ts';
import type { CpuStats, MachineUsage, MemoryStats, PodStats, StatsSummary } from '../ports.ts';

export interface StatsInput {
  readonly nodeName: string;
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly stats: readonly ContainerStats[];
  readonly podOf: (podUid: string) => Pod | undefined;
  /** Of the machine as a whole; the sum of its containers' when absent. */
  readonly usage?: MachineUsage;
}

/** Usage of the node, its pods and their containers (stats/v1alpha1). */
export function statsSummary({ nodeName, startedAtMs, nowMs, stats, podOf, usage }: StatsInput): StatsSummary {
  const byPod = new Map<string, ContainerStats[]>();
  for (const one of stats) byPod.set(one.podUid, [...(byPod.get(one.podUid) ?? []), one]);
  const pods = [...byPod].flatMap(([uid, containers]) => {
    const pod = podOf(uid);
    return pod ? [podStats(pod, containers, nowMs)] : [];
  });
  return { node: { nodeName, startTime: timestampOf(startedAtMs), ...usageOf(usage ?? sum(stats), nowMs) }, pods };
}

function podStats({ metadata, status }: Pod, containers: readonly ContainerStats[], nowMs: number): PodStats {
  const { name = '', namespace = '', uid = '', creationTimestamp = '' } = metadata;
  const startTime = status?.startTime ?? creationTimestamp;
  const startOf = (container: string) => status?.containerStatuses?.find((one) => one.name === container)?.state?.running?.startedAt;
  return {
    podRef: { name, namespace, uid },
    startTime,
    containers: containers.map((one) => ({ name: one.name, startTime: startOf(one.name) ?? startTime, ...usageOf(one, one.atMs) })),
    ...usageOf(sum(containers), Math.max(...containers.map(({ atMs }) => atMs), 0) || nowMs),
  };
}

const usageOf = (
  { cpuNanoCores, cpuCoreNanoSeconds, memoryWorkingSetBytes }: MachineUsage,
  atMs: number,
): { readonly cpu: CpuStats; readonly memory: MemoryStats } => ({
  cpu: { time: timestampOf(atMs), usageNanoCores: cpuNanoCores, usageCoreNanoSeconds: cpuCoreNanoSeconds },
  memory: { time: timestampOf(atMs), workingSetBytes: memoryWorkingSetBytes },
});

const sum = (stats: readonly MachineUsage[]): MachineUsage => ({
  cpuNanoCores: stats.reduce((total, one) => total + one.cpuNanoCores, 0),
  cpuCoreNanoSeconds: stats.reduce((total, one) => total + one.cpuCoreNanoSeconds, 0),
  memoryWorkingSetBytes: stats.reduce((total, one) => total + one.memoryWorkingSetBytes, 0),
});
