import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import type { LeaseSpec, Lease as LeaseType } from '../../generated/coordination/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateLeaseStrategy } from './lease-strategy-validation.ts';

export const Lease = defineKind<LeaseType>({
  ...generatedKind('coordination.k8s.io', 'v1', 'Lease'),
  columns: [nameColumn, { name: 'Holder', type: 'string', cell: ({ spec }) => spec.holderIdentity ?? '' }, ageColumn],
  strategy: {
    createOnUpdate: true,
    unconditionalUpdate: false,
    validate: ({ spec }) => validateLeaseSpec(spec),
  },
});

function validateLeaseSpec({ leaseDurationSeconds, leaseTransitions, strategy, preferredHolder }: LeaseSpec): FieldError[] {
  const problems: FieldError[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    problems.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    problems.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
  }
  if (strategy !== undefined) problems.push(...validateLeaseStrategy(strategy, 'spec.strategy'));
  if (preferredHolder && !strategy) problems.push(forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  return problems;
}
