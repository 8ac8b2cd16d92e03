import type { Kind } from '../../api/kind.ts';
import type { StoredObject } from './stored-object.ts';

/** Which objects of a resource a list or a watch wants. All parts must hold. */
export interface Selection {
  readonly namespace?: string;
  readonly labels?: (labels: Readonly<Record<string, string>>) => boolean;
  readonly fields?: FieldSelection;
}

export interface FieldSelection {
  /** Given a way to look a field up. */
  readonly matches: (field: (path: string) => string) => boolean;
  /** `path=value` terms, which watchers can be indexed by. */
  readonly exact: ReadonlyMap<string, string>;
}

/** True if nothing but perhaps the namespace narrows it: counts are then known without looking. */
export const selectsAll = ({ labels, fields }: Selection): boolean => !labels && !fields;

/** `kind` is the version asked for, whose fields may be others than the stored one's. */
export function selects(selection: Selection, object: StoredObject, kind: Kind): boolean {
  if (selection.namespace && object.namespace !== selection.namespace) return false;
  if (selection.labels && !selection.labels(object.labels)) return false;
  return !selection.fields || selection.fields.matches((path) => fieldOf(object, kind, path));
}

function fieldOf(object: StoredObject, kind: Kind, path: string): string {
  if (kind === object.family.kind || path === 'metadata.name' || path === 'metadata.namespace') return object.field(path) ?? '';
  return kind.selectableFields[path]?.(object.as(kind).object) ?? '';
}
