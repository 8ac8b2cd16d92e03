import { defineKind } from '../../kind.ts';
import { metricsColumns } from './columns.ts';
import { metricsSchema } from './schema.ts';
import type { NodeMetrics as NodeMetricsType } from './types.ts';

/** Measured when somebody asks, and stored nowhere: `addons/metrics`. */
export const NodeMetrics = defineKind<NodeMetricsType>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'NodeMetrics',
  plural: 'nodes',
  singular: '',
  namespaced: false,
  verbs: ['get', 'list'],
  servedByDefault: true,
  schema: () => metricsSchema('usage'),
  columns: metricsColumns(({ usage }) => [usage]),
});
