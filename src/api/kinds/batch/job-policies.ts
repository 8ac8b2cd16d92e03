import { duplicate, invalid, notSupported, omittedValue, required, tooLong, tooMany, type FieldError } from '../../field-error.ts';
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
  PodFailurePolicyRule,
  SuccessPolicyRule,
} from '../../generated/batch/v1.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { qualifiedName } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { countIndexes, IndexIntervalsError, parseIndexIntervals, type IndexInterval } from './index-intervals.ts';

const maxRules = 20;
const maxExitCodes = 255;
const maxConditionPatterns = 20;
const maxSucceededIndexesBytes = 64 * 1024;
const failureActions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const exitCodeOperators = ['In', 'NotIn'];
const conditionStatuses = ['False', 'True', 'Unknown'];

export function validatePodFailurePolicy(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const podSpec = spec.template.spec;
  const containers = new Set([...(podSpec?.containers ?? []), ...(podSpec?.initContainers ?? [])].map(({ name }) => name));
  return [
    ...(rules.length > maxRules ? [tooMany(`${path}.rules`, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, index) => validateFailureRule(spec, rule, containers, `${path}.rules[${index}]`)),
  ];
}

function validateFailureRule(spec: JobSpec, rule: PodFailurePolicyRule, containers: ReadonlySet<string>, path: string): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  const problems = oneOf(action, failureActions, `${path}.action`);
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    problems.push(invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  if (onExitCodes) problems.push(...validateExitCodes(onExitCodes, containers, `${path}.onExitCodes`));
  if (onPodConditions.length > 0) problems.push(...validateConditionPatterns(onPodConditions, `${path}.onPodConditions`));
  if (onExitCodes && onPodConditions.length > 0)
    problems.push(invalid(path, omittedValue, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!onExitCodes && onPodConditions.length === 0)
    problems.push(invalid(path, omittedValue, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return problems;
}

function validateConditionPatterns(patterns: readonly PodFailurePolicyOnPodConditionsPattern[], path: string): FieldError[] {
  return [
    ...(patterns.length > maxConditionPatterns ? [tooMany(path, patterns.length, maxConditionPatterns)] : []),
    ...patterns.flatMap(({ type, status }, index) => [
      ...qualifiedName(type ?? '').map((problem) => invalid(`${path}[${index}].type`, type, problem)),
      ...oneOf(status, conditionStatuses, `${path}[${index}].status`),
    ]),
  ];
}

function validateExitCodes(
  { operator, containerName, values: given }: PodFailurePolicyOnExitCodesRequirement,
  containers: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const values = given ?? [];
  const problems = oneOf(operator, exitCodeOperators, `${path}.operator`);
  if (containerName !== undefined && !containers.has(containerName))
    problems.push(
      invalid(`${path}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template'),
    );
  const at = `${path}.values`;
  if (values.length === 0) problems.push(invalid(at, values, 'at least one value is required'));
  if (values.length > maxExitCodes) problems.push(tooMany(at, values.length, maxExitCodes));
  values.forEach((value, index) => {
    if (operator === 'In' && value === 0) problems.push(invalid(`${at}[${index}]`, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) problems.push(duplicate(`${at}[${index}]`, value));
  });
  if (values.some((value, index) => index > 0 && values[index - 1]! > value)) problems.push(invalid(at, values, 'must be ordered'));
  return problems;
}

export function validateSuccessPolicy(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.successPolicy?.rules ?? [];
  const at = `${path}.rules`;
  return [
    ...(rules.length === 0 ? [required(at, 'at least one rules must be specified when the successPolicy is specified')] : []),
    ...(rules.length > maxRules ? [tooMany(at, rules.length, maxRules)] : []),
    ...rules.flatMap((rule, index) => validateSuccessRule(spec.completions ?? 0, rule, `${at}[${index}]`)),
  ];
}

function validateSuccessRule(completions: number, { succeededCount, succeededIndexes }: SuccessPolicyRule, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (succeededCount === undefined && succeededIndexes === undefined)
    problems.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let indexes: IndexInterval[] = [];
  if (succeededIndexes !== undefined) {
    const at = `${path}.succeededIndexes`;
    if (utf8Length(succeededIndexes) > maxSucceededIndexesBytes) problems.push(tooLong(at, maxSucceededIndexesBytes));
    try {
      indexes = parseIndexIntervals(succeededIndexes, completions);
    } catch (error) {
      if (!(error instanceof IndexIntervalsError)) throw error;
      problems.push(invalid(at, succeededIndexes, `error parsing succeededIndexes: ${error.message}`));
    }
  }
  if (succeededCount !== undefined) {
    const at = `${path}.succeededCount`;
    const atMost = (count: number, what: string) => {
      if (succeededCount > count) problems.push(invalid(at, succeededCount, `must be less than or equal to ${count} (${what})`));
    };
    problems.push(...validateNonNegative(succeededCount, at));
    atMost(completions, 'the number of specified completions');
    if (succeededIndexes !== undefined) atMost(countIndexes(indexes), 'the number of indexes in the specified succeededIndexes field');
  }
  return problems;
}

function oneOf(value: string | undefined, supported: readonly string[], path: string): FieldError[] {
  if (!value) return [required(path, `valid values: [${supported.map((one) => JSON.stringify(one)).join(' ')}]`)];
  return supported.includes(value) ? [] : [notSupported(path, value, supported)];
}
