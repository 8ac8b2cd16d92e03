import type { Kind } from '../../api/kind.ts';
import { fieldOf, type StoredObject } from './stored-object.ts';

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
  return !selection.fields || selection.fields.matches((path) => selectedField(object, kind, path));
}

function selectedField(object: StoredObject, kind: Kind, path: string): string {
  const isStored = kind === object.family.kind || path === 'metadata.name' || path === 'metadata.namespace';
  return isStored ? (object.field(path) ?? '') : fieldOf(kind, path, object.as(kind).object);
}
