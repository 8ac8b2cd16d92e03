import type { Draft } from '../../draft.ts';
import type { HorizontalPodAutoscaler as HpaV1 } from '../../generated/autoscaling/v1.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../../generated/autoscaling/v2.ts';
import { downgradeMetric, downgradeStatus, upgradeMetric, upgradeStatus } from './metric-v1-conversion.ts';

/** Where v1 keeps, as JSON, what it has no fields for. */
const annotation = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
} as const;

const defaultCpuPercent = 80;

/** v1 to v2, in place. */
export function upgradeHpa(object: Draft<HpaV1>): Draft<HorizontalPodAutoscaler> {
  const { metadata } = object;
  const { targetCPUUtilizationPercentage: target, ...spec } = object.spec;
  const { currentCPUUtilizationPercentage: current, ...status } = object.status ?? { currentReplicas: 0, desiredReplicas: 0 };
  const kept = readAnnotations(metadata.annotations);
  const metrics = (kept.metrics ?? []).map(upgradeMetric);
  const wanted = target ?? (metrics.length === 0 ? defaultCpuPercent : undefined);
  const cpu: Draft<MetricSpec>[] =
    wanted === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: wanted } } }];
  const currentMetrics = kept.currentMetrics?.map(upgradeStatus) ?? (current === undefined ? undefined : [cpuStatus(current)]);
  const next = object as unknown as Draft<HorizontalPodAutoscaler>;
  next.spec = { ...spec, metrics: [...cpu, ...metrics], ...(kept.behavior && { behavior: kept.behavior }) };
  next.status = { ...status, ...(currentMetrics && { currentMetrics }), ...(kept.conditions && { conditions: kept.conditions }) };
  dropAnnotations(metadata);
  return next;
}

/** v2 to v1, in place. */
export function downgradeHpa(object: Draft<HorizontalPodAutoscaler>): void {
  const { metadata } = object;
  const { metrics = [], behavior, ...spec } = object.spec;
  const { currentMetrics, conditions, ...status } = object.status ?? { desiredReplicas: 0 };
  const cpu = metrics.find(isCpuUtilization);
  const others = metrics.filter((metric) => !isCpuUtilization(metric)).map(downgradeMetric);
  const current = currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current.averageUtilization;
  const next = object as unknown as Draft<HpaV1>;
  next.spec = { ...spec, ...(cpu && { targetCPUUtilizationPercentage: cpu.resource!.target.averageUtilization }) };
  next.status = { currentReplicas: 0, ...status, ...(current !== undefined && { currentCPUUtilizationPercentage: current }) };
  dropAnnotations(metadata);
  const kept = { metrics: others, currentMetrics: currentMetrics?.map(downgradeStatus), conditions, behavior };
  for (const [name, value] of Object.entries(kept)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    metadata.annotations = { ...metadata.annotations, [annotation[name as keyof typeof annotation]]: JSON.stringify(value) };
  }
}

const isCpuUtilization = ({ type, resource }: Draft<MetricSpec>): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;

const cpuStatus = (percent: number): Draft<MetricStatus> => ({
  type: 'Resource',
  resource: { name: 'cpu', current: { averageUtilization: percent } },
});

type Hpa = Draft<HorizontalPodAutoscaler>;
interface Kept {
  metrics?: Record<string, unknown>[];
  currentMetrics?: Record<string, unknown>[];
  conditions?: Hpa['status']['conditions'];
  behavior?: Hpa['spec']['behavior'];
}

/** What cannot be read is as good as absent: anybody may write annotations. */
function readAnnotations(annotations: Readonly<Record<string, string>> | undefined): Kept {
  const kept: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(annotation)) {
    const text = annotations?.[key];
    if (text === undefined) continue;
    const value = parse(text);
    const fits = name === 'behavior' ? isRecord(value) : Array.isArray(value) && value.every(isRecord);
    if (fits) kept[name] = value;
  }
  return kept;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function dropAnnotations(metadata: Draft<HorizontalPodAutoscaler>['metadata']): void {
  if (!metadata.annotations) return;
  const own = new Set<string>(Object.values(annotation));
  const rest = Object.entries(metadata.annotations).filter(([key]) => !own.has(key));
  if (rest.length === 0) delete metadata.annotations;
  else metadata.annotations = Object.fromEntries(rest);
}
