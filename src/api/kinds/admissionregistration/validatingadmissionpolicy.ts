import { duplicate, notSupported, required, type FieldError } from '../../field-error.ts';
import type { ValidatingAdmissionPolicy as ValidatingAdmissionPolicyType, Validation } from '../../generated/admissionregistration/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateConditions } from '../conditions.ts';
import { validateMatchConditions } from './match-conditions.ts';
import {
  defaultMatchResources,
  paramKindText,
  validateFailurePolicy,
  validateMatchConstraints,
  validateParamKind,
  validateVariables,
} from './policy-parts.ts';

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];

/** Expressions in CEL are kept as they come; no one compiles them here. */
export const ValidatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicyType>({
  ...generatedKind('admissionregistration.k8s.io', 'v1', 'ValidatingAdmissionPolicy'),
  categories: ['api-extensions'],
  columns: [
    nameColumn,
    { name: 'Validations', type: 'integer', cell: ({ spec }) => spec.validations?.length ?? 0 },
    { name: 'ParamKind', type: 'string', cell: ({ spec }) => paramKindText(spec.paramKind) },
    ageColumn,
  ],
  strategy: {
    defaults: ({ spec }) => {
      if (!spec) return;
      spec.failurePolicy ??= 'Fail';
      defaultMatchResources(spec.matchConstraints);
    },
    prepareForCreate: (policy) => {
      policy.status = {};
    },
    validate: ({ spec }) => validateSpec(spec ?? {}),
    validateStatusUpdate: ({ status }) => validateConditions(status.conditions ?? [], 'status.conditions'),
  },
});

function validateSpec(spec: ValidatingAdmissionPolicyType['spec']): FieldError[] {
  const { validations = [], auditAnnotations = [], paramKind } = spec;
  const nothing = validations.length + auditAnnotations.length === 0;
  const atLeastOne = 'validations or auditAnnotations must contain at least one item';
  return [
    ...validateFailurePolicy(spec.failurePolicy, 'spec.failurePolicy'),
    ...(paramKind ? validateParamKind(paramKind, 'spec.paramKind') : []),
    ...validateMatchConstraints(spec.matchConstraints, 'spec.matchConstraints'),
    ...validateMatchConditions(spec.matchConditions, 'spec.matchConditions'),
    ...validateVariables(spec.variables, 'spec.variables'),
    ...(nothing ? [required('spec.validations', atLeastOne), required('spec.auditAnnotations', atLeastOne)] : []),
    ...validations.flatMap((validation, index) => validateValidation(validation, `spec.validations[${index}]`)),
    ...auditAnnotations.flatMap(({ key, valueExpression }, index) => [
      ...(key ? [] : [required(`spec.auditAnnotations[${index}].key`)]),
      ...(valueExpression?.trim() ? [] : [required(`spec.auditAnnotations[${index}].valueExpression`, 'valueExpression is not specified')]),
      ...(auditAnnotations.findIndex((other) => other.key === key) < index ? [duplicate(`spec.auditAnnotations[${index}].key`, key)] : []),
    ]),
  ];
}

function validateValidation({ expression, message, messageExpression, reason }: Validation, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!expression?.trim()) problems.push(required(`${path}.expression`, 'expression is not specified'));
  if (messageExpression !== undefined && messageExpression !== '' && messageExpression.trim() === '')
    problems.push(required(`${path}.messageExpression`, 'must be non-empty if specified'));
  if (message !== undefined && message !== '' && message.trim() === '')
    problems.push(required(`${path}.message`, 'message must be non-empty if specified'));
  if (expression?.includes('\n') && !message)
    problems.push(required(`${path}.message`, 'message must be specified if expression contains line breaks'));
  if (reason !== undefined && !reasons.includes(reason)) problems.push(notSupported(`${path}.reason`, reason, reasons));
  return problems;
}
