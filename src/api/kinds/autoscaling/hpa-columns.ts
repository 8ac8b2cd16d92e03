import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../../generated/autoscaling/v2.ts';
import { ageColumn, nameColumn, type Column } from '../../kind.ts';

/** As many metrics are shown; the others are counted. */
const shownMetrics = 2;

export const hpaColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  { name: 'Reference', type: 'string', cell: ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}` },
  { name: 'Targets', type: 'string', cell: ({ spec, status }) => metricsCell(spec.metrics ?? [], status?.currentMetrics ?? []) },
  { name: 'MinPods', type: 'string', cell: ({ spec }) => (spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas)) },
  { name: 'MaxPods', type: 'string', cell: ({ spec }) => spec.maxReplicas },
  { name: 'Replicas', type: 'string', cell: ({ status }) => status?.currentReplicas ?? 0 },
  ageColumn,
];

/** `cpu: 40%/80%, 3/10 + 1 more...` */
function metricsCell(specs: readonly MetricSpec[], statuses: readonly MetricStatus[]): string {
  if (specs.length === 0) return '<none>';
  const shown = specs.slice(0, shownMetrics).map((spec, index) => metricText(spec, statuses[index]));
  const more = specs.length - shownMetrics;
  return more > 0 ? `${shown.join(', ')} + ${more} more...` : shown.join(', ');
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  switch (spec.type) {
    case 'External':
      return valueText(spec.external!.target, status?.external?.current);
    case 'Object':
      return valueText(spec.object!.target, status?.object?.current);
    case 'Pods':
      return `${status?.pods?.current.averageValue ?? unknown}/${spec.pods!.target.averageValue}`;
    case 'Resource':
      return resourceText(spec.resource!, status?.resource?.current);
    case 'ContainerResource':
      return resourceText(spec.containerResource!, status?.containerResource?.current);
    default:
      return '<unknown type>';
  }
}

const unknown = '<unknown>';

function valueText(target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`;
  return `${current?.value ?? unknown}/${target.value}`;
}

function resourceText(
  { name, target }: { readonly name: string; readonly target: MetricTarget },
  current: MetricValueStatus | undefined,
): string {
  if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? unknown}/${target.averageValue}`;
  const share = (percent: number | undefined, otherwise: string) => (percent === undefined ? otherwise : `${percent}%`);
  return `${name}: ${share(current?.averageUtilization, unknown)}/${share(target.averageUtilization, '<auto>')}`;
}
