import type { ClusterRoleBinding as ClusterRoleBindingType } from '../../generated/rbac/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { pathSegmentName } from '../../validation/names.ts';
import { bindingColumns, defaultBinding, validateBinding, validateBindingUpdate } from './binding-rules.ts';

export const ClusterRoleBinding = defineKind<ClusterRoleBindingType>({
  ...generatedKind('rbac.authorization.k8s.io', 'v1', 'ClusterRoleBinding'),
  columns: bindingColumns,
  strategy: {
    nameProblems: pathSegmentName,
    defaults: defaultBinding,
    validate: (binding) => validateBinding(binding, ['ClusterRole'], false),
    validateUpdate: validateBindingUpdate,
  },
});
