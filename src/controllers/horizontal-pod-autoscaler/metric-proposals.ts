import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../api/generated/autoscaling/v2.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { milliQuantity, milliValue, parseQuantity, quantityText } from '../../api/quantity.ts';
import { selectorInGo } from '../../api/selector-in-go.ts';
import { messageOf } from '../../workloads/error-message.ts';
import { groupPods, type ReadinessRules } from './pod-groups.ts';
import { replicasByAverage, replicasByUtilization, type Proposal, type Tolerance } from './replica-count.ts';
import { requestsOf } from './requests.ts';
import { samplesOf, type ResourceMetrics } from './resource-metrics.ts';

/** What a metric needs to know of the target. */
export interface Measured {
  readonly namespace: string;
  readonly labelSelector: string;
  readonly pods: readonly Pod[];
  readonly currentReplicas: number;
  readonly tolerance: Tolerance;
  readonly rules: ReadinessRules;
  readonly metrics: ResourceMetrics;
  readonly nowMs: number;
}

/** What one metric asks for, by what name, and what the status says of it. */
export interface MetricProposal {
  readonly replicas: number;
  /** As events name it: `cpu resource utilization (percentage of request)`. */
  readonly name: string;
  readonly status: MetricStatus;
}

/** A metric of which nothing is known. */
export class MetricError extends Error {
  override name = 'MetricError';
  /** Of the event and the condition: `FailedGetResourceMetric`. */
  readonly reason: string;
  /** What the event and the condition say; the message has something before it. */
  readonly detail: string;

  constructor(reason: string, detail: string, prefix: string) {
    super(`${prefix}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}

/** Rejects with MetricError. */
export async function proposeBy(metric: MetricSpec, measured: Measured): Promise<MetricProposal> {
  if (metric.resource) {
    const { name, target } = metric.resource;
    const { proposal, current } = await measure({ name, target }, measured).catch(
      failing('FailedGetResourceMetric', `failed to get ${name} resource metric value`),
    );
    return { replicas: proposal.replicas, name: nameOf(name, '', target), status: { type: 'Resource', resource: { name, current } } };
  }
  if (metric.containerResource) {
    const { name, container, target } = metric.containerResource;
    const fail = failing('FailedGetContainerResourceMetric', `failed to get ${container} container metric value`);
    const { proposal, current } = await measure({ name, target, container }, measured).catch(fail);
    const status = { type: 'ContainerResource', containerResource: { name, container, current } };
    return { replicas: proposal.replicas, name: nameOf(name, 'container ', target), status };
  }
  throw withoutApi(metric, measured.namespace);
}

const nameOf = (resource: string, container: string, { averageValue }: MetricTarget): string =>
  averageValue === undefined ? `${resource} ${container}resource utilization (percentage of request)` : `${resource} resource`;

function failing(reason: string, prefix: string): (error: unknown) => never {
  return (error) => {
    throw new MetricError(reason, messageOf(error), prefix);
  };
}

interface ResourceTarget {
  readonly name: string;
  readonly target: MetricTarget;
  readonly container?: string;
}

async function measure(wanted: ResourceTarget, measured: Measured): Promise<{ proposal: Proposal; current: MetricValueStatus }> {
  const { name, target } = wanted;
  if (target.averageValue === undefined && target.averageUtilization === undefined)
    throw new Error('invalid resource metric source: neither an average utilization target nor an average value (usage) target was set');
  const what = target.averageValue === undefined ? 'utilization' : 'usage';
  try {
    const proposal = await propose(wanted, measured);
    const averageValue = quantityText(milliQuantity(proposal.averageMilli));
    return { proposal, current: { averageValue, ...(proposal.utilization !== undefined && { averageUtilization: proposal.utilization }) } };
  } catch (error) {
    throw new Error(`failed to get ${name} ${what}: ${messageOf(error)}`, { cause: error });
  }
}

async function propose({ name, target, container }: ResourceTarget, measured: Measured): Promise<Proposal> {
  const { pods, currentReplicas, tolerance, rules, nowMs } = measured;
  const samples = await samplesFor(name, container, measured);
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const question = { samples, groups: groupPods(pods, samples, name, rules, nowMs), currentReplicas, tolerance };
  if (target.averageValue !== undefined) return replicasByAverage(question, milliValue(parseQuantity(target.averageValue)));
  return replicasByUtilization(question, requestsOf(pods, name, container), target.averageUtilization!);
}

async function samplesFor(resource: string, container: string | undefined, { metrics, namespace, labelSelector }: Measured) {
  try {
    const found = await metrics.podMetrics(namespace, labelSelector);
    if (found.length === 0) throw new Error('no metrics returned from resource metrics API');
    return samplesOf(found, resource, container);
  } catch (error) {
    throw new Error(`unable to get metrics for resource ${resource}: ${messageOf(error)}`, { cause: error });
  }
}

/** Nobody serves custom.metrics.k8s.io and external.metrics.k8s.io here; this is what upstream says then. */
function withoutApi({ type, pods, object, external }: MetricSpec, namespace: string): MetricError {
  const noCustom = 'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
  if (pods)
    return new MetricError(
      'FailedGetPodsMetric',
      `unable to get metric ${pods.metric.name}: ${noCustom}`,
      'failed to get pods metric value',
    );
  if (object) {
    const { metric, describedObject, target } = object;
    const detail = `unable to get metric ${metric.name}: ${describedObject.kind} on ${namespace} ${describedObject.name}/${noCustom}`;
    const more = target.averageValue === undefined ? '' : `: failed to get ${metric.name} object metric`;
    return new MetricError('FailedGetObjectMetric', detail, `failed to get object metric value${more}`);
  }
  if (external) {
    const { name, selector } = external.metric;
    const noExternal = 'unable to fetch metrics from external metrics API: the server could not find the requested resource';
    const detail = `unable to get external metric ${namespace}/${name}/${selectorInGo(selector)}: ${noExternal} (get ${name}.external.metrics.k8s.io)`;
    const more =
      external.target.averageValue === undefined ? `failed to get external metric ${name}` : `failed to get ${name} external metric`;
    return new MetricError('FailedGetExternalMetric', detail, `failed to get ${name} external metric value: ${more}`);
  }
  return new MetricError('InvalidMetricSourceType', `unknown metric source type ${JSON.stringify(type)}`, '');
}

/** The autoscaler's own tolerance, each way, where its behavior has one. */
export function toleranceOf({ spec: { behavior } }: HorizontalPodAutoscaler, usual: number): Tolerance {
  const read = (text: string | undefined) => (text === undefined ? usual : milliValue(parseQuantity(text)) / 1000);
  return { up: read(behavior?.scaleUp?.tolerance), down: read(behavior?.scaleDown?.tolerance) };
}
