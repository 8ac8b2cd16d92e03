import { duplicate, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { ValidatingAdmissionPolicyBinding as ValidatingAdmissionPolicyBindingType } from '../../generated/admissionregistration/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { nameIsDns1123Subdomain } from '../../validation/names.ts';
import { defaultMatchResources, paramRefText, validateMatchResources, validateParamRef } from './policy-parts.ts';

const actions = ['Audit', 'Deny', 'Warn'];

export const ValidatingAdmissionPolicyBinding = defineKind<ValidatingAdmissionPolicyBindingType>({
  ...generatedKind('admissionregistration.k8s.io', 'v1', 'ValidatingAdmissionPolicyBinding'),
  categories: ['api-extensions'],
  columns: [
    nameColumn,
    { name: 'PolicyName', type: 'string', cell: ({ spec }) => spec.policyName },
    { name: 'ParamRef', type: 'string', cell: ({ spec }) => paramRefText(spec.paramRef) },
    ageColumn,
  ],
  strategy: {
    defaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
    validate: ({ spec }) => validateSpec(spec ?? {}),
    generationFields: ['spec'],
  },
});

function validateSpec(spec: ValidatingAdmissionPolicyBindingType['spec']): FieldError[] {
  return [
    ...validatePolicyName(spec.policyName),
    ...(spec.paramRef ? validateParamRef(spec.paramRef, 'spec.paramRef') : []),
    // Upstream misspells the path.
    ...(spec.matchResources ? validateMatchResources(spec.matchResources, 'spec.matchResouces') : []),
    ...validateActions(spec.validationActions ?? [], 'spec.validationActions'),
  ];
}

export function validatePolicyName(name: string | undefined): FieldError[] {
  if (!name) return [required('spec.policyName')];
  return nameIsDns1123Subdomain(name, false).map((problem) => invalid('spec.policyName', name, problem));
}

function validateActions(given: readonly string[], path: string): FieldError[] {
  const problems = given.flatMap((action, index) => [
    ...(actions.includes(action) ? [] : [notSupported(`${path}[${index}]`, action, actions)]),
    ...(given.indexOf(action) < index ? [duplicate(`${path}[${index}]`, action)] : []),
  ]);
  const both =
    'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
  if (given.includes('Deny') && given.includes('Warn')) problems.push(invalid(path, given, both));
  return given.length === 0 ? [...problems, required(path, 'at least one validation action is required')] : problems;
}
