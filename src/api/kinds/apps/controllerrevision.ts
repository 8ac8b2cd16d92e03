import { required, type FieldError } from '../../field-error.ts';
import type { ControllerRevision as ControllerRevisionType } from '../../generated/apps/v1.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { groupKindText, parseApiVersion, type ObjectMeta } from '../../meta.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateNonNegative } from '../../validation/metadata.ts';

const columns: readonly Column<ControllerRevisionType>[] = [
  nameColumn,
  { name: 'Controller', type: 'string', cell: ({ metadata }) => controllerOf(metadata) },
  { name: 'Revision', type: 'string', cell: ({ revision }) => revision },
  ageColumn,
];

export const ControllerRevision = defineKind<ControllerRevisionType>({
  ...generatedKind('apps', 'v1', 'ControllerRevision'),
  columns,
  strategy: {
    validate: ({ revision }) => validateNonNegative(revision, 'revision'),
    validateCreate: ({ data }) => validateData(data),
    validateUpdate: (next, old) => validateImmutable(next.data, old.data, 'data'),
  },
});

/** `deployment.apps/web`; `<none>` for an orphan. */
function controllerOf({ ownerReferences }: ObjectMeta): string {
  const owner = ownerReferences?.find(({ controller }) => controller);
  if (!owner) return '<none>';
  const group = parseApiVersion(owner.apiVersion)?.group ?? '';
  return `${groupKindText({ group, kind: owner.kind }).toLowerCase()}/${owner.name}`;
}

function validateData(data: unknown): FieldError[] {
  if (data === undefined || data === null) return [required('data', 'data is mandatory')];
  if (typeof data !== 'object' || Array.isArray(data)) return [required('data', 'data must be a valid JSON object')];
  return [];
}
