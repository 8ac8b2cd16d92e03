import type { Role as RoleType } from '../../generated/rbac/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { pathSegmentName } from '../../validation/names.ts';
import { nameAndCreatedAt } from '../columns.ts';
import { validateRules } from './policy-rule-validation.ts';

export const Role = defineKind<RoleType>({
  ...generatedKind('rbac.authorization.k8s.io', 'v1', 'Role'),
  columns: nameAndCreatedAt,
  strategy: {
    nameProblems: pathSegmentName,
    validate: ({ rules }) => validateRules(rules, true),
  },
});
