import { duplicate, required, type FieldError } from '../../field-error.ts';

/** The looser conditions of this group: of each type one, and a type at that. */
export function validateFlowConditions(conditions: readonly { readonly type?: string }[]): FieldError[] {
  return conditions.flatMap(({ type }, index) => {
    if (!type) return [required(`status.conditions[${index}].type`, 'must not be empty')];
    const first = conditions.findIndex((condition) => condition.type === type);
    return first < index ? [duplicate(`status.conditions[${index}].type`, type)] : [];
  });
}
