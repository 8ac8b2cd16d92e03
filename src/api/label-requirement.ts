import { badRequest } from './errors.ts';
import { fieldErrorText, invalid, type FieldError } from './field-error.ts';
import { labelValue, qualifiedName } from './validation/names.ts';

/** Operators by the words that apimachinery's selection package uses. */
export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

/** One condition on one label. A selector is a list of them, all of which must hold; the empty list selects everything. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** None for `exists` and `!`, one for comparisons, at least one for `in` and `notin`. */
  readonly values: readonly string[];
}

/** A key alone, as the parser checks it before it looks at anything else; its field has no path, which Go prints as `<nil>`. */
export function checkedKey(key: string): string {
  const problems = qualifiedName(key);
  if (problems.length > 0) throw badRequest(fieldErrorText(invalid('<nil>', key, problems.join('; '))));
  return key;
}

/** apimachinery's NewRequirement: gathers all problems of one requirement into one sentence. */
export function checkedRequirement(key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement {
  const problems: FieldError[] = [];
  const keyProblems = qualifiedName(key);
  if (keyProblems.length > 0) problems.push(invalid('key', key, keyProblems.join('; ')));
  problems.push(...countProblems(operator, values));
  values.forEach((value, index) => {
    const valueProblems = labelValue(value);
    if (valueProblems.length > 0) problems.push(invalid(`values[${index}][${key}]`, value, valueProblems.join('; ')));
  });
  if (problems.length === 0) return { key, operator, values };
  const texts = [...new Set(problems.map(fieldErrorText))];
  throw badRequest(texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`);
}

function countProblems(operator: LabelOperator, values: readonly string[]): FieldError[] {
  const wrong = (isWrong: boolean, detail: string) => (isWrong ? [invalid('values', values, detail)] : []);
  switch (operator) {
    case 'in':
    case 'notin':
      return wrong(values.length === 0, "for 'in', 'notin' operators, values set can't be empty");
    case '=':
    case '==':
    case '!=':
      return wrong(values.length !== 1, 'exact-match compatibility requires one single value');
    case 'exists':
    case '!':
      return wrong(values.length > 0, 'values set must be empty for exists and does not exist');
    default:
      return [
        ...wrong(values.length !== 1, "for 'Gt', 'Lt' operators, exactly one value is required"),
        ...values.flatMap((value, index) =>
          int64(value) === undefined ? [invalid(`values[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer")] : [],
        ),
      ];
  }
}

/** Go's ParseInt(text, 10, 64); undefined where it would fail. */
export function int64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
