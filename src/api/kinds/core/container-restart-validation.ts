import type { Container, ContainerRestartRule } from '../../generated/core/v1.ts';
import { notSupported, required, tooMany, type FieldError } from '../../field-error.ts';
import { validateSupported } from '../../validation/field-checks.ts';

const policies = ['Always', 'Never', 'OnFailure'];
const actions = ['Restart', 'RestartAllContainers'];
const operators = ['In', 'NotIn'];
const maxRules = 20;
const maxExitCodes = 255;

/** A container's own restart policy, and the rules by which it departs from it (KEP-5307). `path` is the container's. */
export function validateContainerRestart(
  { restartPolicy, restartPolicyRules = [] }: Pick<Container, 'restartPolicy' | 'restartPolicyRules'>,
  path: string,
): FieldError[] {
  const problems: FieldError[] = [];
  if (restartPolicy === undefined) {
    if (restartPolicyRules.length > 0) {
      problems.push(required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'));
    }
  } else if (!policies.includes(restartPolicy)) problems.push(notSupported(`${path}.restartPolicy`, restartPolicy, policies));
  if (restartPolicyRules.length > maxRules) {
    problems.push(tooMany(`${path}.restartPolicyRules`, restartPolicyRules.length, maxRules));
  }
  return [...problems, ...restartPolicyRules.flatMap((rule, i) => validateRule(rule, `${path}.restartPolicyRules[${i}]`))];
}

function validateRule({ action, exitCodes }: ContainerRestartRule, path: string): FieldError[] {
  const problems = validateSupported(action ?? '', `${path}.action`, actions);
  if (!exitCodes) return [...problems, required(`${path}.exitCodes`, 'must be specified')];
  problems.push(...validateSupported(exitCodes.operator ?? '', `${path}.exitCodes.operator`, operators));
  const count = exitCodes.values?.length ?? 0;
  if (count > maxExitCodes) problems.push(tooMany(`${path}.exitCodes.values`, count, maxExitCodes));
  return problems;
}
