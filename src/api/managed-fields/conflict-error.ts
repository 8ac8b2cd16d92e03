import { ApiError } from '../errors.ts';
import { pathText } from './field-path.ts';
import { paths, type FieldSet } from './field-set.ts';
import { byText, type Manager, type ManagerId, type Managers } from './managers.ts';

/** 409 with a cause for each field that somebody else owns; managers in the order of their ids. */
export function applyConflict(conflicts: ReadonlyMap<ManagerId, FieldSet>, managers: Managers): ApiError {
  const found = [...conflicts]
    .sort(([a], [b]) => byText(a, b))
    .map(([id, fields]) => ({ manager: managerText(managers.get(id)!), fields: paths(fields).map(pathText) }));
  const causes = found.flatMap(({ manager, fields }) =>
    fields.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })),
  );
  return new ApiError(409, 'Conflict', sentence(found, causes.length), { causes });
}

function sentence(found: readonly { manager: string; fields: readonly string[] }[], count: number): string {
  if (count === 1) return `Apply failed with 1 conflict: conflict with ${found[0]!.manager}: ${found[0]!.fields[0]!}`;
  const lines = found.flatMap(({ manager, fields }) => [`conflicts with ${manager}:`, ...fields.map((field) => `- ${field}`)]);
  return `Apply failed with ${count} conflicts: ${lines.join('\n')}`;
}

/** `"kubectl-edit" with subresource "status" using apps/v1`; appliers without the version. */
function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  const called = subresource === '' ? JSON.stringify(name) : `${JSON.stringify(name)} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${called} using ${apiVersion}` : called;
}
