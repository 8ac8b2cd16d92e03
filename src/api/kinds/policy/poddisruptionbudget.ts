import { invalid, notSupported, type FieldError } from '../../field-error.ts';
import type { PodDisruptionBudget as PodDisruptionBudgetType, PodDisruptionBudgetSpec } from '../../generated/policy/v1.ts';
import { intOrStringText, validateNonNegativeIntOrPercent, validateNotMoreThan100Percent, type IntOrString } from '../../int-or-string.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { validateCounts } from '../apps/status-counts.ts';
import { validateConditions } from '../conditions.ts';

const orNotApplicable = (value: IntOrString | undefined) => (value === undefined ? 'N/A' : intOrStringText(value));

const columns: readonly Column<PodDisruptionBudgetType>[] = [
  nameColumn,
  { name: 'Min Available', type: 'string', cell: ({ spec }) => orNotApplicable(spec.minAvailable) },
  { name: 'Max Unavailable', type: 'string', cell: ({ spec }) => orNotApplicable(spec.maxUnavailable) },
  { name: 'Allowed Disruptions', type: 'integer', cell: ({ status }) => status?.disruptionsAllowed ?? 0 },
  ageColumn,
];

const noDisruptions = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };

export const PodDisruptionBudget = defineKind<PodDisruptionBudgetType>({
  ...generatedKind('policy', 'v1', 'PodDisruptionBudget'),
  shortNames: ['pdb'],
  columns,
  strategy: {
    defaults: (object) => {
      object.spec ??= {};
    },
    prepareForCreate: (object) => {
      object.status = { ...noDisruptions };
    },
    validate: ({ spec }) => validateSpec(spec),
    validateStatusUpdate: ({ status }) => [
      ...validateConditions(status.conditions ?? [], 'status.conditions'),
      ...validateCounts(status, ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']),
    ],
  },
});

const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget'];

function validateSpec(spec: PodDisruptionBudgetSpec): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  const problems: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    problems.push(invalid('spec', inGo(spec), 'minAvailable and maxUnavailable cannot be both set'));
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[name];
    if (value === undefined) continue;
    problems.push(...validateNonNegativeIntOrPercent(value, `spec.${name}`), ...validateNotMoreThan100Percent(value, `spec.${name}`));
  }
  problems.push(...validateLabelSelector(selector, {}, 'spec.selector'));
  if (unhealthyPodEvictionPolicy !== undefined && !evictionPolicies.includes(unhealthyPodEvictionPolicy))
    problems.push(notSupported('spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, evictionPolicies));
  return problems;
}

/** With the names of Go's fields: the internal type has no others. */
const inGo = ({ minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy }: PodDisruptionBudgetSpec) => ({
  MinAvailable: minAvailable ?? null,
  Selector: selector ?? null,
  MaxUnavailable: maxUnavailable ?? null,
  UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy ?? null,
});
