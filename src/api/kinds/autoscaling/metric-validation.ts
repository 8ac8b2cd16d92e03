import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { MetricIdentifier, MetricSpec, MetricTarget } from '../../generated/autoscaling/v2.ts';
import { compareQuantities, parseQuantity, quantityOf } from '../../quantity.ts';
import { dns1123Label, pathSegmentName } from '../../validation/names.ts';
import { validateReference } from './object-reference.ts';

/** Each source of metrics: the type that names it, and the field that holds it. In the order in which upstream looks. */
const sources = {
  Object: 'object',
  External: 'external',
  Pods: 'pods',
  Resource: 'resource',
  ContainerResource: 'containerResource',
} as const;
type SourceField = (typeof sources)[keyof typeof sources];

const types = Object.keys(sources).sort();
const targetTypes = ['Utilization', 'Value', 'AverageValue'];

export function validateMetric(metric: MetricSpec, path: string): FieldError[] {
  const { type } = metric;
  const expected: SourceField | undefined = sources[type as keyof typeof sources];
  const present = Object.values(sources).filter((field) => metric[field] !== undefined);
  const problems: FieldError[] = [];
  if (!type) problems.push(required(`${path}.type`, 'must specify a metric source type'));
  if (!expected) problems.push(notSupported(`${path}.type`, type ?? '', types));
  if (present[0]) problems.push(...validateSource(metric, present[0], `${path}.${present[0]}`));
  if (!expected) problems.push(notSupported(`${path}.type`, type ?? '', types));
  else if (metric[expected] === undefined)
    problems.push(required(`${path}.${expected}`, 'must populate information for the given metric source'));
  if (present.length === 1) return problems;
  const others = present.filter((field) => field !== expected);
  return [...problems, ...others.map((field) => forbidden(`${path}.${field}`, 'must populate the given metric source only'))];
}

function validateSource(metric: MetricSpec, field: SourceField, path: string): FieldError[] {
  switch (field) {
    case 'object':
      return [
        ...validateReference(metric.object!.describedObject, `${path}.describedObject`),
        ...validateIdentifier(metric.object!.metric, `${path}.metric`),
        ...validateTarget(metric.object!.target, `${path}.target`),
        ...requireEither(metric.object!.target, 'must set either a target value or averageValue', path),
      ];
    case 'external':
      return [
        ...validateIdentifier(metric.external!.metric, `${path}.metric`),
        ...validateTarget(metric.external!.target, `${path}.target`),
        ...requireEither(metric.external!.target, 'must set either a target value for metric or a per-pod target', path),
        ...(metric.external!.target.value !== undefined && metric.external!.target.averageValue !== undefined
          ? [forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target')]
          : []),
      ];
    case 'pods':
      return [
        ...validateIdentifier(metric.pods!.metric, `${path}.metric`),
        ...validateTarget(metric.pods!.target, `${path}.target`),
        ...(metric.pods!.target.averageValue === undefined
          ? [required(`${path}.target.averageValue`, 'must specify a positive target averageValue')]
          : []),
      ];
    case 'containerResource':
      return [
        ...(metric.containerResource!.name ? [] : [required(`${path}.name`, 'must specify a resource name')]),
        ...validateContainer(metric.containerResource!.container, `${path}.container`),
        ...validateUtilization(metric.containerResource!.target, path),
      ];
    case 'resource':
      return [
        ...(metric.resource!.name ? [] : [required(`${path}.name`, 'must specify a resource name')]),
        ...validateUtilization(metric.resource!.target, path),
      ];
  }
}

const validateContainer = (name: string | undefined, path: string): FieldError[] =>
  name ? dns1123Label(name).map((problem) => invalid(path, name, problem)) : [required(path, 'must specify a container')];

const requireEither = ({ value, averageValue }: MetricTarget, detail: string, path: string): FieldError[] =>
  value === undefined && averageValue === undefined ? [required(`${path}.target.averageValue`, detail)] : [];

function validateUtilization(target: MetricTarget, path: string): FieldError[] {
  const problems = validateTarget(target, `${path}.target`);
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined)
    problems.push(required(`${path}.target.averageUtilization`, 'must set either a target raw value or a target utilization'));
  if (averageUtilization !== undefined && averageValue !== undefined)
    problems.push(forbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization'));
  return problems;
}

function validateTarget({ type, value, averageValue, averageUtilization }: MetricTarget, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!type) problems.push(required(`${path}.type`, 'must specify a metric target type'));
  if (!targetTypes.includes(type)) problems.push(invalid(`${path}.type`, type ?? '', 'must be either Utilization, Value, or AverageValue'));
  if (value !== undefined && !isPositive(value)) problems.push(invalid(`${path}.value`, value, 'must be positive'));
  if (averageValue !== undefined && !isPositive(averageValue))
    problems.push(invalid(`${path}.averageValue`, averageValue, 'must be positive'));
  if (averageUtilization !== undefined && averageUtilization < 1)
    problems.push(invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  return problems;
}

const isPositive = (quantity: string): boolean => compareQuantities(parseQuantity(quantity), quantityOf(0)) > 0;

function validateIdentifier(identifier: MetricIdentifier | undefined, path: string): FieldError[] {
  const name = identifier?.name;
  if (!name) return [required(`${path}.name`, 'must specify a metric name')];
  return pathSegmentName(name).map((problem) => invalid(`${path}.name`, name, problem));
}
