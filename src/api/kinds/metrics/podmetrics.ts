import { defineKind } from '../../kind.ts';
import { metricsColumns } from './columns.ts';
import { metricsSchema } from './schema.ts';
import type { PodMetrics as PodMetricsType } from './types.ts';

/** Measured when somebody asks, and stored nowhere: `addons/metrics`. */
export const PodMetrics = defineKind<PodMetricsType>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  singular: '',
  namespaced: true,
  verbs: ['get', 'list'],
  servedByDefault: true,
  schema: () => metricsSchema('containers'),
  columns: metricsColumns(({ containers }) => containers.map(({ usage }) => usage)),
});
