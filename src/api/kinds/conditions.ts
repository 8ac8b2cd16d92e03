import { duplicate, invalid, notSupported, required, tooLong, type FieldError } from '../field-error.ts';
import { validateLabelName } from '../validation/label-selector.ts';
import { conditionReason } from '../validation/names.ts';
import { utf8Length } from '../validation/text-size.ts';

/** A meta/v1 Condition, as far as it is checked. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

const maxReasonBytes = 1024;
const maxMessageBytes = 32 * 1024;

/** apimachinery's ValidateConditions. */
export function validateConditions(conditions: readonly Condition[], path: string): FieldError[] {
  return conditions.flatMap((condition, index) => {
    const at = `${path}[${index}]`;
    const seen = conditions.findIndex(({ type }) => type === condition.type) < index;
    return [...(seen ? [duplicate(`${at}.type`, condition.type)] : []), ...validateCondition(condition, at)];
  });
}

function validateCondition(condition: Condition, path: string): FieldError[] {
  const { type, status, observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition;
  const problems = validateLabelName(type, `${path}.type`);
  if (!['False', 'True', 'Unknown'].includes(status)) problems.push(notSupported(`${path}.status`, status, ['False', 'True', 'Unknown']));
  if (observedGeneration < 0)
    problems.push(invalid(`${path}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero'));
  if (!lastTransitionTime) problems.push(required(`${path}.lastTransitionTime`, 'must be set'));
  if (reason === '') problems.push(required(`${path}.reason`, 'must be set'));
  else problems.push(...conditionReason(reason).map((problem) => invalid(`${path}.reason`, reason, problem)));
  if (utf8Length(reason) > maxReasonBytes) problems.push(tooLong(`${path}.reason`, maxReasonBytes));
  if (utf8Length(message) > maxMessageBytes) problems.push(tooLong(`${path}.message`, maxMessageBytes));
  return problems;
}

/** Does the condition stand, and at True? */
export const isTrue = (conditions: readonly { readonly type: string; readonly status: string }[] | undefined, type: string): boolean =>
  conditions?.find((condition) => condition.type === type)?.status === 'True';
