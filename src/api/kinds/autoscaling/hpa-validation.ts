import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type {
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerSpec,
  HPAScalingPolicy,
  HPAScalingRules,
} from '../../generated/autoscaling/v2.ts';
import { validateReference } from './object-reference.ts';
import { validateMetric } from './metric-validation.ts';

const maxPeriodSeconds = 1800;
const maxStabilizationSeconds = 3600;
const selectPolicies = ['Disabled', 'Max', 'Min'];
const policyTypes = ['Percent', 'Pods'];

/** `leastReplicas`: 0 only for one that had it already. */
export function validateHpaSpec(spec: HorizontalPodAutoscalerSpec, leastReplicas: number): FieldError[] {
  const { minReplicas, metrics = [] } = spec;
  const maxReplicas = spec.maxReplicas ?? 0;
  const problems: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < leastReplicas)
    problems.push(invalid('spec.minReplicas', minReplicas, `must be greater than or equal to ${leastReplicas}`));
  if (maxReplicas < 1) problems.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    problems.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  problems.push(
    ...validateReference(spec.scaleTargetRef, 'spec.scaleTargetRef'),
    ...metrics.flatMap((metric, index) => validateMetric(metric, `spec.metrics[${index}]`)),
  );
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External'))
    problems.push(forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas'));
  return [...problems, ...validateBehavior(spec.behavior, 'spec.behavior')];
}

function validateBehavior(behavior: HorizontalPodAutoscalerBehavior | undefined, path: string): FieldError[] {
  return [...validateRules(behavior?.scaleUp, `${path}.scaleUp`), ...validateRules(behavior?.scaleDown, `${path}.scaleDown`)];
}

function validateRules(rules: HPAScalingRules | undefined, path: string): FieldError[] {
  if (!rules) return [];
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [] } = rules;
  const problems: FieldError[] = [];
  if (window < 0) problems.push(invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'));
  if (window > maxStabilizationSeconds)
    problems.push(invalid(`${path}.stabilizationWindowSeconds`, window, `must be less than or equal to ${maxStabilizationSeconds}`));
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy))
    problems.push(notSupported(`${path}.selectPolicy`, selectPolicy, selectPolicies));
  if (policies.length === 0) problems.push(required(`${path}.policies`, 'must specify at least one Policy'));
  return [...problems, ...policies.flatMap((policy, index) => validatePolicy(policy, `${path}.policies[${index}]`))];
}

function validatePolicy({ type, value, periodSeconds }: HPAScalingPolicy, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!policyTypes.includes(type)) problems.push(notSupported(`${path}.type`, type ?? '', policyTypes));
  if (!(value > 0)) problems.push(invalid(`${path}.value`, value ?? 0, 'must be greater than zero'));
  if (!(periodSeconds > 0)) problems.push(invalid(`${path}.periodSeconds`, periodSeconds ?? 0, 'must be greater than zero'));
  if (periodSeconds > maxPeriodSeconds)
    problems.push(invalid(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`));
  return problems;
}
