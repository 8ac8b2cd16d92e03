import type { FieldError } from '../../field-error.ts';
import type { PodGroupTemplateReference, PodGroup as PodGroupType } from '../../generated/scheduling/v1alpha2.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateRequiredText } from '../../validation/field-checks.ts';
import { dns1123Label, dns1123Subdomain } from '../../validation/names.ts';
import { validateConditions } from '../conditions.ts';
import { validatePodGroupRules } from './pod-group-template-validation.ts';

/** Pods that are scheduled as one. */
export const PodGroupV1Alpha2 = defineKind<PodGroupType>({
  ...generatedKind('scheduling.k8s.io', 'v1alpha2', 'PodGroup'),
  strategy: {
    prepareForCreate(group) {
      group.status = {};
    },
    validate: ({ spec }) => [...validateTemplateReference(spec.podGroupTemplateRef), ...validatePodGroupRules(spec, 'spec')],
    validateUpdate: ({ spec }, old) => validateImmutable(spec, old.spec, 'spec'),
    validateStatusUpdate: ({ status }) => validateConditions(status.conditions ?? [], 'status.conditions'),
  },
});

function validateTemplateReference(reference: PodGroupTemplateReference | undefined): FieldError[] {
  if (!reference?.workload) return [];
  const { workloadName, podGroupTemplateName } = reference.workload;
  const path = 'spec.podGroupTemplateRef.workload';
  return [
    ...validateRequiredText(workloadName, `${path}.workloadName`, dns1123Subdomain),
    ...validateRequiredText(podGroupTemplateName, `${path}.podGroupTemplateName`, dns1123Label),
  ];
}
