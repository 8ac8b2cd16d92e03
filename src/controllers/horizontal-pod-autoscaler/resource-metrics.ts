import { isNotFound } from '../../api/errors.ts';
import { PodMetrics } from '../../api/kinds/metrics/podmetrics.ts';
import type { PodMetrics as PodMetricsObject, Usage } from '../../api/kinds/metrics/types.ts';
import { milliValue, parseQuantity } from '../../api/quantity.ts';
import type { Client } from '../../client/client.ts';
import { parseGoDuration } from '../../codec/go-duration.ts';
import { messageOf } from '../../workloads/error-message.ts';

/** Where an autoscaler learns what pods use. */
export interface ResourceMetrics {
  /** Of the pods that the selector matches; those of which nothing is known are left out. Rejects where nobody measures. */
  podMetrics(namespace: string, labelSelector: string): Promise<readonly PodMetricsObject[]>;
}

/** From metrics.k8s.io, whoever serves it. */
export const resourceMetricsApi = ({ list }: Pick<Client, 'list'>): ResourceMetrics => ({
  async podMetrics(namespace, labelSelector) {
    try {
      return (await list(PodMetrics, { namespace }, { labelSelector })).items;
    } catch (error) {
      const why = isNotFound(error) ? 'the server could not find the requested resource (get pods.metrics.k8s.io)' : messageOf(error);
      throw new Error(`${noAnswer}: ${why}`, { cause: error });
    }
  },
});

const noAnswer = 'unable to fetch metrics from resource metrics API';

/** What one pod uses of one resource. */
export interface Sample {
  /** In thousandths. */
  readonly milli: number;
  /** The end of the window in which it was measured. */
  readonly atMs: number;
  readonly windowMs: number;
}

/** By the pods' names. Of the whole pod, or of one container, which every pod must have then. */
export function samplesOf(metrics: readonly PodMetricsObject[], resource: string, container?: string): Map<string, Sample> {
  const samples = new Map<string, Sample>();
  for (const { metadata, timestamp, window, containers } of metrics) {
    const chosen = container === undefined ? containers : containers.filter(({ name }) => name === container);
    if (container !== undefined && chosen.length === 0) {
      const pod = `${metadata.namespace}/${metadata.name}`;
      throw new Error(`failed to get container metrics: container ${container} not present in metrics for pod ${pod}`);
    }
    const used = chosen.map(({ usage }) => amountOf(usage, resource));
    // Half of a pod is no measure of it.
    if (used.length === 0 || used.includes(undefined)) continue;
    const milli = used.reduce((sum, amount) => sum + milliValue(parseQuantity(amount!)), 0);
    samples.set(metadata.name!, { milli, atMs: Date.parse(timestamp), windowMs: parseGoDuration(window) });
  }
  return samples;
}

const amountOf = ({ cpu, memory }: Usage, resource: string): string | undefined =>
  resource === 'cpu' ? cpu : resource === 'memory' ? memory : undefined;
