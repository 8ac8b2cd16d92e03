import type { Column, Kind } from '../api/kind.ts';
import { ageColumn, nameAndAge } from '../api/kind.ts';
import type { KubeObject, ListMeta } from '../api/meta.ts';
import { badRequest } from '../api/errors.ts';
import { initialEventsEnd } from '../apiserver/cache/bookmark.ts';

/** `includeObject` of a Table request: what each row carries of its object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  readonly version: 'v1' | 'v1beta1';
  readonly includeObject: IncludeObject;
  /** For ages. */
  readonly nowMs: number;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object: unknown;
}

/** What comes before a table's rows. Columns are left out from the second event of a watch on, as upstream does. */
export function tableHead(kind: Kind | undefined, metadata: ListMeta, { version }: Pick<TableOptions, 'version'>, withColumns = true) {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? columnsOf(kind).map(definitionOf) : null,
  };
}

export function tableRow(kind: Kind | undefined, object: KubeObject, { includeObject, version, nowMs }: TableOptions): TableRow {
  const cells = columnsOf(kind).map((column) => column.cell(object, nowMs));
  // The mark that a watch's initial events are over must reach the client whatever it asked for.
  const isMark = object.metadata.annotations?.[initialEventsEnd] !== undefined;
  if (includeObject === 'None' && !isMark) return { cells, object: null };
  return { cells, object: includeObject === 'Object' ? object : metadataOnly(object, version) };
}

/** meta.k8s.io's Table: how kubectl prints without knowing the kind. */
export function tableOf(kind: Kind | undefined, objects: readonly KubeObject[], metadata: ListMeta, options: TableOptions): unknown {
  return { ...tableHead(kind, metadata, options), rows: objects.map((object) => tableRow(kind, object, options)) };
}

/** PartialObjectMetadata: type and metadata, and nothing else. */
export const metadataOnly = (object: KubeObject, version: 'v1' | 'v1beta1'): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: object.metadata,
});

/** Throws a 400 for what is no such value; '' is as good as nothing. */
export function includeObjectOf(value: string | undefined): IncludeObject {
  if (!value) return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  const why = `includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`;
  throw badRequest(`Unable to convert to Table as requested: ${why}`);
}

const columnsOf = (kind: Kind | undefined): readonly Column<KubeObject>[] => kind?.columns ?? nameAndAge;

const definitionOf = ({ name, type, format = '', description = '', priority = 0 }: Column<KubeObject>): unknown => ({
  name,
  type,
  format,
  description: description || (name === ageColumn.name ? ageColumn.description : ''),
  priority,
});
