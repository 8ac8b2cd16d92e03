import { quantityOf, quantityText, type Quantity } from '../../api/quantity.ts';
import { canonicalTime } from '../../api/timestamps.ts';
import type { Node, Pod } from '../../api/generated/core/v1.ts';
import type { NodeMetrics, PodMetrics, Usage } from '../../api/kinds/metrics/types.ts';
import type { CpuStats, MemoryStats, PodStats, StatsSummary } from '../../kubelet/ports.ts';

/** Over how long usage is measured (metrics-server's `--metric-resolution` in its manifest). */
export const windowMs = 15_000;
/** Before that, a container's figures say nothing; metrics-server leaves them out too. */
const freshMs = 10_000;

interface Measured {
  readonly startTime: string;
  readonly cpu: CpuStats;
  readonly memory: MemoryStats;
}

/** undefined for a node that has only just started. */
export function nodeMetrics(node: Node, { node: stats }: StatsSummary, nowMs: number): NodeMetrics | undefined {
  const window = windowOf(stats);
  if (window === undefined) return undefined;
  return {
    kind: 'NodeMetrics',
    apiVersion,
    metadata: metadataOf(node, nowMs),
    timestamp: canonicalTime(stats.cpu.time),
    window: secondsText(window),
    usage: usageOf(stats),
  };
}

/** undefined for a pod that does not run, and while one of its containers has only just started. */
export function podMetrics(pod: Pod, stats: PodStats, nowMs: number): PodMetrics | undefined {
  if (pod.status?.phase !== 'Running' || stats.containers.length === 0) return undefined;
  const windows = stats.containers.map(windowOf);
  if (windows.includes(undefined)) return undefined;
  const earliest = stats.containers.reduce((first, one) => (one.cpu.time < first.cpu.time ? one : first));
  return {
    kind: 'PodMetrics',
    apiVersion,
    metadata: metadataOf(pod, nowMs),
    timestamp: canonicalTime(earliest.cpu.time),
    window: secondsText(windowOf(earliest)!),
    containers: stats.containers.map((container) => ({ name: container.name, usage: usageOf(container) })),
  };
}

const apiVersion = 'metrics.k8s.io/v1beta1';

function metadataOf({ metadata: { name = '', namespace, labels } }: Pod | Node, nowMs: number) {
  const creationTimestamp = canonicalTime(new Date(nowMs).toISOString());
  return { name, ...(namespace !== undefined && { namespace }), creationTimestamp, ...(labels && { labels }) };
}

/** In milliseconds: since its start for what is young. */
function windowOf({ startTime, cpu }: Measured): number | undefined {
  const ageMs = Date.parse(cpu.time) - Date.parse(startTime);
  return ageMs < freshMs ? undefined : Math.min(ageMs, windowMs);
}

const secondsText = (ms: number): string => `${ms / 1000}s`;

function usageOf({ cpu, memory }: Measured): Usage {
  const nanoCores: Quantity = { unscaled: BigInt(Math.round(cpu.usageNanoCores)), exponent: -9, format: 'DecimalSI' };
  return { cpu: quantityText(nanoCores), memory: quantityText(quantityOf(Math.round(memory.workingSetBytes), 'BinarySI')) };
}
