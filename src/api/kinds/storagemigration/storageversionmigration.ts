import { invalid, required, type FieldError } from '../../field-error.ts';
import type { StorageVersionMigration as StorageVersionMigrationType } from '../../generated/storagemigration/v1beta1.ts';
import { defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { dns1123Label, dns1123Subdomain } from '../../validation/names.ts';
import { validateConditions } from '../conditions.ts';

/** Asks for every object of a resource to be written anew, in the version that is stored now. */
export const StorageVersionMigrationV1Beta1 = defineKind<StorageVersionMigrationType>({
  ...generatedKind('storagemigration.k8s.io', 'v1beta1', 'StorageVersionMigration'),
  columns: [
    nameColumn,
    { name: 'Resource', type: 'string', cell: ({ spec: { resource } }) => `${resource.resource}.${resource.group ?? ''}` },
  ],
  strategy: {
    prepareForCreate: (migration) => {
      migration.status = {};
    },
    validate: ({ spec }) => validateResource(spec.resource, 'spec.resource'),
    validateUpdate: (next, old) => validateImmutable(next.spec, old.spec, 'spec'),
    validateStatusUpdate: ({ status }) => validateConditions(status.conditions ?? [], 'status.conditions'),
  },
});

function validateResource(resource: StorageVersionMigrationType['spec']['resource'] | undefined, path: string): FieldError[] {
  const { group, resource: plural } = resource ?? {};
  const problems = group ? dns1123Subdomain(group).map((problem) => invalid(`${path}.group`, group, problem)) : [];
  if (!plural) return [...problems, required(`${path}.resource`, 'resource is required')];
  return [...problems, ...dns1123Label(plural).map((problem) => invalid(`${path}.resource`, plural, problem))];
}
