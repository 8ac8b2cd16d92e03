import { invalid, required, type FieldError } from '../../field-error.ts';
import type { AggregationRule, ClusterRole as ClusterRoleType } from '../../generated/rbac/v1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { pathSegmentName } from '../../validation/names.ts';
import { readSelector } from '../apps/pod-template-rules.ts';
import { nameAndCreatedAt } from '../columns.ts';
import { validateRules } from './policy-rule-validation.ts';

export const ClusterRole = defineKind<ClusterRoleType>({
  ...generatedKind('rbac.authorization.k8s.io', 'v1', 'ClusterRole'),
  columns: nameAndCreatedAt,
  strategy: {
    nameProblems: pathSegmentName,
    validate: ({ rules, aggregationRule }) => [
      ...validateRules(rules, false),
      ...(aggregationRule ? validateAggregation(aggregationRule, 'aggregationRule.clusterRoleSelectors') : []),
    ],
  },
});

function validateAggregation({ clusterRoleSelectors = [] }: AggregationRule, path: string): FieldError[] {
  if (clusterRoleSelectors.length === 0) return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return clusterRoleSelectors.flatMap((selector, index) => [
    ...validateLabelSelector(selector, {}, `${path}[${index}]`),
    ...(readSelector(selector) ? [] : [invalid(`${path}[${index}]`, selector, 'invalid label selector.')]),
  ]);
}
