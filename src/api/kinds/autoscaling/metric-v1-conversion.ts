import type { Draft } from '../../draft.ts';
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../../generated/autoscaling/v2.ts';

/**
 * Metrics as v1 writes them into annotations: flat, with targets and currents spelled out in the
 * names of their fields. Read as loosely as annotations must be.
 */
type Flat = Record<string, unknown>;

export function downgradeMetric(metric: Draft<MetricSpec>): Flat {
  const { type, object, pods, resource, containerResource, external } = metric;
  const named = ({ target }: { target: Draft<MetricTarget> }) =>
    compact({ targetAverageUtilization: target.averageUtilization, targetAverageValue: target.averageValue });
  return compact({
    type,
    object:
      object &&
      compact({
        target: object.describedObject,
        metricName: object.metric.name,
        selector: object.metric.selector,
        targetValue: object.target.value,
        averageValue: object.target.averageValue,
      }),
    pods: pods && compact({ metricName: pods.metric.name, selector: pods.metric.selector, targetAverageValue: pods.target.averageValue }),
    resource: resource && { name: resource.name, ...named(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      container: containerResource.container,
      ...named(containerResource),
    },
    external:
      external &&
      compact({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  });
}

export function upgradeMetric(flat: Flat): Draft<MetricSpec> {
  const metric = compact({
    type: flat['type'],
    object: within(flat['object'], (source) => ({
      describedObject: source['target'],
      metric: compact({ name: source['metricName'], selector: source['selector'] }),
      target: targetOf(source['averageValue'] === undefined ? { value: source['targetValue'] } : { averageValue: source['averageValue'] }),
    })),
    pods: within(flat['pods'], (source) => ({
      metric: compact({ name: source['metricName'], selector: source['selector'] }),
      target: targetOf({ averageValue: source['targetAverageValue'] }),
    })),
    resource: within(flat['resource'], (source) => ({ name: source['name'], target: namedTarget(source) })),
    containerResource: within(flat['containerResource'], (source) => ({
      name: source['name'],
      container: source['container'],
      target: namedTarget(source),
    })),
    external: within(flat['external'], (source) => ({
      metric: compact({ name: source['metricName'], selector: source['metricSelector'] }),
      target: targetOf(
        source['targetValue'] === undefined ? { averageValue: source['targetAverageValue'] } : { value: source['targetValue'] },
      ),
    })),
  });
  return metric as unknown as Draft<MetricSpec>;
}

export function downgradeStatus(status: Draft<MetricStatus>): Flat {
  const { type, object, pods, resource, containerResource, external } = status;
  const named = ({ current }: { current: Draft<MetricValueStatus> }) =>
    compact({ currentAverageUtilization: current.averageUtilization, currentAverageValue: current.averageValue });
  return compact({
    type,
    object:
      object &&
      compact({
        target: object.describedObject,
        metricName: object.metric.name,
        selector: object.metric.selector,
        currentValue: object.current.value,
        averageValue: object.current.averageValue,
      }),
    pods: pods && compact({ metricName: pods.metric.name, selector: pods.metric.selector, currentAverageValue: pods.current.averageValue }),
    resource: resource && { name: resource.name, ...named(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      container: containerResource.container,
      ...named(containerResource),
    },
    external:
      external &&
      compact({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value,
        currentAverageValue: external.current.averageValue,
      }),
  });
}

export function upgradeStatus(flat: Flat): Draft<MetricStatus> {
  const named = (source: Flat) =>
    compact({ averageUtilization: source['currentAverageUtilization'], averageValue: source['currentAverageValue'] });
  const status = compact({
    type: flat['type'],
    object: within(flat['object'], (source) => ({
      describedObject: source['target'],
      metric: compact({ name: source['metricName'], selector: source['selector'] }),
      current: compact({ value: source['currentValue'], averageValue: source['averageValue'] }),
    })),
    pods: within(flat['pods'], (source) => ({
      metric: compact({ name: source['metricName'], selector: source['selector'] }),
      current: compact({ averageValue: source['currentAverageValue'] }),
    })),
    resource: within(flat['resource'], (source) => ({ name: source['name'], current: named(source) })),
    containerResource: within(flat['containerResource'], (source) => ({
      name: source['name'],
      container: source['container'],
      current: named(source),
    })),
    external: within(flat['external'], (source) => ({
      metric: compact({ name: source['metricName'], selector: source['metricSelector'] }),
      current: compact({ value: source['currentValue'], averageValue: source['currentAverageValue'] }),
    })),
  });
  return status as unknown as Draft<MetricStatus>;
}

const namedTarget = (source: Flat): Flat =>
  targetOf({ averageUtilization: source['targetAverageUtilization'], averageValue: source['targetAverageValue'] });

/** v2 says of what kind a target is; v1 leaves it to the field's name. */
function targetOf(target: { value?: unknown; averageValue?: unknown; averageUtilization?: unknown }): Flat {
  const type = target.averageUtilization !== undefined ? 'Utilization' : target.averageValue !== undefined ? 'AverageValue' : 'Value';
  return compact({ type, ...target });
}

const within = (source: unknown, change: (source: Flat) => Flat): Flat | undefined =>
  typeof source === 'object' && source !== null ? change({ ...source }) : undefined;

const compact = (fields: Flat): Flat => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
