import { duplicate, invalid, required, tooMany, type FieldError } from '../../field-error.ts';
import type { MatchCondition } from '../../generated/admissionregistration/v1.ts';
import { qualifiedName } from '../../validation/names.ts';

const maxConditions = 64;

/** Conditions in CEL under which a webhook or policy is asked. Their expressions are not compiled here. */
export function validateMatchConditions(conditions: readonly MatchCondition[] | undefined, path: string): FieldError[] {
  if (!conditions) return [];
  const problems = conditions.length > maxConditions ? [tooMany(path, conditions.length, maxConditions)] : [];
  conditions.forEach(({ name, expression }, index) => {
    const at = `${path}[${index}]`;
    if (!expression?.trim()) problems.push(required(`${at}.expression`));
    if (!name) problems.push(required(`${at}.name`));
    else {
      problems.push(...qualifiedName(name).map((problem) => invalid(`${at}.name`, name, problem)));
      if (conditions.findIndex((other) => other.name === name) < index) problems.push(duplicate(`${at}.name`, name));
    }
  });
  return problems;
}
