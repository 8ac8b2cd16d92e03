import { duplicate, required, tooMany, type FieldError } from '../../field-error.ts';
import type { TypedLocalObjectReference, Workload as WorkloadType } from '../../generated/scheduling/v1alpha2.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateRequiredText, validateText } from '../../validation/field-checks.ts';
import { dns1123Label, dns1123Subdomain, pathSegmentName } from '../../validation/names.ts';
import { validatePodGroupRules } from './pod-group-template-validation.ts';

const maxTemplates = 8;

/** Pods that belong together, and how: a template for each of their groups. */
export const WorkloadV1Alpha2 = defineKind<WorkloadType>({
  ...generatedKind('scheduling.k8s.io', 'v1alpha2', 'Workload'),
  strategy: {
    validate: validateWorkload,
    validateUpdate: ({ spec }, { spec: old }) => [
      ...(old.controllerRef ? validateImmutable(spec.controllerRef, old.controllerRef, 'spec.controllerRef') : []),
      ...validateImmutable(spec.podGroupTemplates, old.podGroupTemplates, 'spec.podGroupTemplates'),
    ],
  },
});

function validateWorkload({ spec: { controllerRef, podGroupTemplates } }: WorkloadType): FieldError[] {
  const templates = podGroupTemplates ?? [];
  const path = 'spec.podGroupTemplates';
  const problems = controllerRef ? validateController(controllerRef, 'spec.controllerRef') : [];
  if (templates.length === 0) return [...problems, required(path, 'must have at least one item')];
  if (templates.length > maxTemplates) return [...problems, tooMany(path, templates.length, maxTemplates)];
  templates.forEach((template, i) => {
    problems.push(...validateRequiredText(template.name, `${path}[${i}].name`, dns1123Label));
    if (templates.findIndex(({ name }) => name === template.name) < i) problems.push(duplicate(`${path}[${i}]`, template));
    problems.push(...validatePodGroupRules(template, `${path}[${i}]`));
  });
  return problems;
}

const validateController = ({ apiGroup, kind, name }: TypedLocalObjectReference, path: string): FieldError[] => [
  ...(apiGroup ? validateText(apiGroup, `${path}.apiGroup`, dns1123Subdomain) : []),
  ...validateRequiredText(kind, `${path}.kind`, pathSegmentName),
  ...validateRequiredText(name, `${path}.name`, pathSegmentName),
];
