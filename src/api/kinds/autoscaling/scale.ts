import type { FieldError } from '../../field-error.ts';
import type { Scale } from '../../generated/autoscaling/v1.ts';
import { ageColumn, nameColumn, type Column } from '../../kind.ts';
import { validateNonNegative } from '../../validation/metadata.ts';

/** What `…/scale` reads and writes; it is no resource of its own, but a view of those that have replicas. */
export const scaleColumns: readonly Column<Scale>[] = [
  nameColumn,
  { name: 'Desired', type: 'integer', cell: ({ spec }) => spec?.replicas ?? 0 },
  { name: 'Available', type: 'integer', cell: ({ status }) => status?.replicas ?? 0 },
  ageColumn,
];

export const validateScale = ({ spec }: Pick<Scale, 'spec'>): FieldError[] => validateNonNegative(spec?.replicas ?? 0, 'spec.replicas');
