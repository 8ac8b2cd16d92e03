import { invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { MutatingAdmissionPolicy as MutatingAdmissionPolicyType, Mutation } from '../../generated/admissionregistration/v1.ts';
import { ageColumn, defineKind, nameColumn, type KindDefinition } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { storedAs } from '../stored-as.ts';
import { validateMatchConditions } from './match-conditions.ts';
import {
  defaultMatchResources,
  paramKindText,
  validateFailurePolicy,
  validateMatchConstraints,
  validateMutableOperations,
  validateParamKind,
  validateVariables,
} from './policy-parts.ts';

const group = 'admissionregistration.k8s.io';

/** The same in every version; stored in the stable one. */
const shared = {
  categories: ['api-extensions'],
  columns: [
    nameColumn,
    { name: 'Mutations', type: 'integer', cell: ({ spec }) => spec.mutations?.length ?? 0 },
    { name: 'ParamKind', type: 'string', cell: ({ spec }) => paramKindText(spec.paramKind) },
    ageColumn,
  ],
  strategy: {
    defaults: ({ spec }) => {
      if (!spec) return;
      spec.failurePolicy ??= 'Fail';
      defaultMatchResources(spec.matchConstraints);
    },
    validate: ({ spec }) => validateSpec(spec ?? {}),
    generationFields: ['spec'],
  },
} satisfies Partial<KindDefinition<MutatingAdmissionPolicyType>>;

export const MutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicyType>({
  ...generatedKind(group, 'v1', 'MutatingAdmissionPolicy'),
  ...shared,
});

export const MutatingAdmissionPolicyV1Beta1 = defineKind<MutatingAdmissionPolicyType>({
  ...generatedKind(group, 'v1beta1', 'MutatingAdmissionPolicy'),
  ...shared,
  storage: storedAs({ group, version: 'v1beta1' }, { group, version: 'v1' }),
});

export const MutatingAdmissionPolicyV1Alpha1 = defineKind<MutatingAdmissionPolicyType>({
  ...generatedKind(group, 'v1alpha1', 'MutatingAdmissionPolicy'),
  ...shared,
  storage: storedAs({ group, version: 'v1alpha1' }, { group, version: 'v1' }),
});

function validateSpec(spec: MutatingAdmissionPolicyType['spec']): FieldError[] {
  const { mutations = [], paramKind, reinvocationPolicy } = spec;
  const policies = ['IfNeeded', 'Never'];
  const problems = [
    ...validateFailurePolicy(spec.failurePolicy, 'spec.failurePolicy'),
    ...(paramKind ? validateParamKind(paramKind, 'spec.paramKind') : []),
    ...validateMatchConstraints(spec.matchConstraints, 'spec.matchConstraints'),
    ...validateMutableOperations(spec.matchConstraints, 'spec.matchConstraints'),
    ...validateMatchConditions(spec.matchConditions, 'spec.matchConditions'),
    ...validateVariables(spec.variables, 'spec.variables'),
    ...(mutations.length === 0 ? [required('spec.mutations', 'mutations must contain at least one item')] : []),
    ...mutations.flatMap((mutation, index) => validateMutation(mutation, `spec.mutations[${index}]`)),
  ];
  if (!reinvocationPolicy) problems.push(required('spec.reinvocationPolicy'));
  else if (!policies.includes(reinvocationPolicy)) problems.push(notSupported('spec.reinvocationPolicy', reinvocationPolicy, policies));
  return problems;
}

const forms = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;

function validateMutation(mutation: Mutation, path: string): FieldError[] {
  const { patchType } = mutation;
  if (!patchType) return [required(`${path}.patchType`)];
  const field = forms[patchType];
  if (field === undefined) return [notSupported(`${path}.patchType`, patchType, Object.keys(forms))];
  const other = field === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch';
  const problems: FieldError[] = [];
  if (!mutation[field]) problems.push(required(`${path}.${field}`, `must be specified when patchType is ${patchType}`));
  else if (!mutation[field].expression?.trim()) problems.push(required(`${path}.${field}.expression`));
  if (mutation[other]) problems.push(invalid(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${patchType}`));
  return problems;
}
