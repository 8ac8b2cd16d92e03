import { duplicate, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type {
  AuditAnnotation,
  ValidatingAdmissionPolicy as ValidatingAdmissionPolicyType,
  Validation,
} from '../../generated/admissionregistration/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { qualifiedName } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
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

const maxAuditAnnotations = 20;
const maxAuditExpressionBytes = 5 * 1024;
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
    validate: ({ metadata, spec }) => validateSpec(spec ?? {}, metadata.name),
    validateStatusUpdate: ({ status }) => validateConditions(status.conditions ?? [], 'status.conditions'),
  },
});

function validateSpec(spec: ValidatingAdmissionPolicyType['spec'], name: string | undefined): FieldError[] {
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
    ...validateAuditAnnotations(auditAnnotations, name ?? '', 'spec.auditAnnotations'),
  ];
}

function validateValidation({ expression, message = '', messageExpression = '', reason }: Validation, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!expression?.trim()) problems.push(required(`${path}.expression`, 'expression is not specified'));
  if (messageExpression !== '' && messageExpression.trim() === '')
    problems.push(invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  if (message !== '' && message.trim() === '') problems.push(invalid(`${path}.message`, message, 'message must be non-empty if specified'));
  else if (/[\n\r]/.test(message.trim())) problems.push(invalid(`${path}.message`, message, 'message must not contain line breaks'));
  if (reason !== undefined && !reasons.includes(reason)) problems.push(notSupported(`${path}.reason`, reason, reasons));
  return problems;
}

function validateAuditAnnotations(annotations: readonly AuditAnnotation[], policyName: string, path: string): FieldError[] {
  const tooMany = `must not have more than ${maxAuditAnnotations} auditAnnotations`;
  return [
    ...(annotations.length > maxAuditAnnotations ? [invalid(path, annotations, tooMany)] : []),
    ...annotations.flatMap(({ key, valueExpression }, index) => {
      const at = `${path}[${index}]`;
      const full = `${policyName}/${key ?? ''}`;
      const problems = qualifiedName(full).map((problem) => invalid(`${at}.key`, full, problem));
      const expression = valueExpression?.trim() ?? '';
      if (expression === '') problems.push(required(`${at}.valueExpression`, 'valueExpression is not specified'));
      else if (utf8Length(expression) > maxAuditExpressionBytes)
        problems.push(required(`${at}.valueExpression`, `must not exceed ${maxAuditExpressionBytes} bytes in length`));
      if (annotations.findIndex((other) => other.key === key) < index) problems.push(duplicate(`${at}.key`, key));
      return problems;
    }),
  ];
}
