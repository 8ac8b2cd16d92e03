import { badRequest } from '../../api/errors.ts';
import { matchesFields, parseFieldSelector, type FieldRequirement } from '../../api/field-selector.ts';
import type { Kind } from '../../api/kind.ts';
import { matchesLabels, parseLabelSelector } from '../../api/label-selector.ts';
import type { FieldSelection, Selection } from '../cache/selection.ts';

export interface Selectors {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** What a list's or watch's selectors ask for. Throws 400 for selectors that cannot be read or name fields that are not selectable. */
export function selectionOf(kind: Kind, namespace: string | undefined, { labelSelector, fieldSelector }: Selectors): Selection {
  const labels = labelSelector ? parseLabelSelector(labelSelector) : [];
  const fields = fieldSelector ? parseFieldSelector(fieldSelector) : [];
  for (const { field } of fields) checkSelectable(kind, field);
  return {
    ...(namespace && { namespace }),
    ...(labels.length > 0 && { labels: (of: Readonly<Record<string, string>>) => matchesLabels(labels, of) }),
    ...(fields.length > 0 && { fields: fieldSelection(fields) }),
  };
}

function fieldSelection(requirements: readonly FieldRequirement[]): FieldSelection {
  const exact = requirements.filter(({ operator }) => operator === '=').map(({ field, value }) => [field, value] as const);
  return { matches: (field) => matchesFields(requirements, field), exact: new Map(exact) };
}

/** Kinds with fields of their own have upstream's hand-written sentence, the others the generic one. */
function checkSelectable(kind: Kind, path: string): void {
  if (path === 'metadata.name' || path === 'metadata.namespace' || Object.hasOwn(kind.selectableFields, path)) return;
  throw badRequest(
    Object.keys(kind.selectableFields).length > 0
      ? `field label not supported: ${path}`
      : `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
