import type { MutatingAdmissionPolicyBinding as MutatingAdmissionPolicyBindingType } from '../../generated/admissionregistration/v1.ts';
import { ageColumn, defineKind, nameColumn, type KindDefinition } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { storedAs } from '../stored-as.ts';
import {
  defaultMatchResources,
  paramRefText,
  validateMatchResources,
  validateMutableOperations,
  validateParamRef,
} from './policy-parts.ts';
import { validatePolicyName } from './validatingadmissionpolicybinding.ts';

const group = 'admissionregistration.k8s.io';

/** The same in every version; stored in the stable one. */
const shared = {
  categories: ['api-extensions'],
  columns: [
    nameColumn,
    { name: 'PolicyName', type: 'string', cell: ({ spec }) => spec.policyName ?? '' },
    { name: 'ParamRef', type: 'string', cell: ({ spec }) => paramRefText(spec.paramRef) },
    ageColumn,
  ],
  strategy: {
    defaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
    validate: ({ spec }) => [
      ...validatePolicyName(spec?.policyName),
      ...(spec?.paramRef ? validateParamRef(spec.paramRef, 'spec.paramRef') : []),
      ...(spec?.matchResources ? validateMatchResources(spec.matchResources, 'spec.matchResources') : []),
      ...validateMutableOperations(spec?.matchResources, 'spec.matchResources'),
    ],
    generationFields: ['spec'],
  },
} satisfies Partial<KindDefinition<MutatingAdmissionPolicyBindingType>>;

export const MutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBindingType>({
  ...generatedKind(group, 'v1', 'MutatingAdmissionPolicyBinding'),
  ...shared,
});

export const MutatingAdmissionPolicyBindingV1Beta1 = defineKind<MutatingAdmissionPolicyBindingType>({
  ...generatedKind(group, 'v1beta1', 'MutatingAdmissionPolicyBinding'),
  ...shared,
  storage: storedAs({ group, version: 'v1beta1' }, { group, version: 'v1' }),
});

export const MutatingAdmissionPolicyBindingV1Alpha1 = defineKind<MutatingAdmissionPolicyBindingType>({
  ...generatedKind(group, 'v1alpha1', 'MutatingAdmissionPolicyBinding'),
  ...shared,
  storage: storedAs({ group, version: 'v1alpha1' }, { group, version: 'v1' }),
});
