import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '../../generated/core/v1.ts';
import { forbidden, invalid, required, type FieldError } from '../../field-error.ts';
import { validateLabelName } from '../../validation/label-selector.ts';
import { dns1123Subdomain, labelValue } from '../../validation/names.ts';

/** Of pods' node affinity, persistent volumes and resource slices. */
export function validateNodeSelector(selector: NodeSelector, path: string): FieldError[] {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => validateNodeSelectorTerm(term, `${path}.nodeSelectorTerms[${i}]`, { checkValues: true }));
}

/** Preferred terms may name values that no label can have: they only fail to match. */
export function validateNodeSelectorTerm(
  term: NodeSelectorTerm,
  path: string,
  { checkValues }: { readonly checkValues: boolean },
): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((one, i) => validateExpression(one, checkValues, `${path}.matchExpressions[${i}]`)),
    ...(term.matchFields ?? []).flatMap((one, i) => validateField(one, `${path}.matchFields[${i}]`)),
  ];
}

function validateExpression({ key, operator, values = [] }: NodeSelectorRequirement, checkValues: boolean, path: string): FieldError[] {
  const problems = [...validateOperands(operator, values.length, path), ...validateLabelName(key, `${path}.key`)];
  if (!checkValues) return problems;
  return [...problems, ...values.flatMap((value, i) => labelValue(value).map((detail) => invalid(`${path}.values[${i}]`, value, detail)))];
}

function validateOperands(operator: string, count: number, path: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return count > 0 ? [] : [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return count === 0 ? [] : [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    case 'Gt':
    case 'Lt':
      return count === 1 ? [] : [required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return [invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator')];
  }
}

/** The only field there is, is the node's name. */
function validateField({ key, operator, values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    problems.push(invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator'));
  } else if (values.length !== 1) {
    problems.push(required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  }
  if (key !== 'metadata.name') return [...problems, invalid(`${path}.key`, key ?? '', 'not a valid field selector key')];
  return [
    ...problems,
    ...values.flatMap((value, i) => dns1123Subdomain(value).map((detail) => invalid(`${path}.values[${i}]`, value, detail))),
  ];
}
