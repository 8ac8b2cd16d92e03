import { invalid, type FieldError } from '../../field-error.ts';
import type { CSIStorageCapacity as CSIStorageCapacityType } from '../../generated/storage/v1.ts';
import { defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { validateText } from '../../validation/field-checks.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { immutableField } from '../../validation/metadata.ts';
import { dns1123Subdomain } from '../../validation/names.ts';
import { nodeSelectorWarnings } from '../core/node-label-deprecations.ts';
import { quantityFrom, validateNonNegativeQuantity } from '../core/resource-quantities.ts';

export const CSIStorageCapacity = defineKind<CSIStorageCapacityType>({
  ...generatedKind('storage.k8s.io', 'v1', 'CSIStorageCapacity'),
  columns: [
    nameColumn,
    { name: 'StorageClassName', type: 'string', cell: ({ storageClassName }) => storageClassName },
    { name: 'Capacity', type: 'string', cell: ({ capacity }) => capacity ?? '<unset>' },
  ],
  strategy: {
    unconditionalUpdate: false,
    validate: validateCapacity,
    validateUpdate: validateCapacityUpdate,
    warnings: ({ nodeTopology }) => (nodeTopology ? nodeSelectorWarnings(nodeTopology, 'nodeTopology') : []),
  },
});

function validateCapacity({ nodeTopology, storageClassName, capacity }: CSIStorageCapacityType): FieldError[] {
  return [
    ...validateLabelSelector(nodeTopology, {}, 'nodeTopology'),
    ...validateText(storageClassName, 'storageClassName', dns1123Subdomain),
    ...(capacity === undefined ? [] : validateNonNegativeQuantity(quantityFrom(capacity), 'capacity')),
  ];
}

/** What was asked of the driver stays; what it answered may change. */
function validateCapacityUpdate(next: CSIStorageCapacityType, old: CSIStorageCapacityType): FieldError[] {
  return (['nodeTopology', 'storageClassName'] as const)
    .filter((field) => !semanticallyEqual(next[field], old[field]))
    .map((field) => invalid(field, next[field], immutableField));
}
