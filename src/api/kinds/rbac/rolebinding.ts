import type { RoleBinding as RoleBindingType } from '../../generated/rbac/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { pathSegmentName } from '../../validation/names.ts';
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from './binding-rules.ts';

export const RoleBinding = defineKind<RoleBindingType>({
  ...generatedKind('rbac.authorization.k8s.io', 'v1', 'RoleBinding'),
  columns: bindingColumns,
  strategy: {
    nameProblems: pathSegmentName,
    defaults: defaultBinding,
    validate: (binding) => validateBinding(binding, ['Role', 'ClusterRole'], true),
    validateUpdate: validateBindingUpdate,
  },
});
