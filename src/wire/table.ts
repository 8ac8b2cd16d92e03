import type { Column, Kind } from '../api/kind.ts';
import { ageColumn, nameAndAge } from '../api/kind.ts';
import type { KubeObject, ListMeta } from '../api/meta.ts';

/** `includeObject` of a Table request: what each row carries of its object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  readonly version: 'v1' | 'v1beta1';
  readonly includeObject: IncludeObject;
  /** For ages. */
  readonly nowMs: number;
  /** Left out from the second event of a watch on, as upstream does. */
  readonly withColumns: boolean;
}

/** meta.k8s.io's Table: how kubectl prints without knowing the kind. */
export function tableOf(kind: Kind | undefined, objects: Iterable<KubeObject>, metadata: ListMeta, options: TableOptions): unknown {
  const columns: readonly Column<KubeObject>[] = kind?.columns ?? nameAndAge;
  const rows = [];
  for (const object of objects) rows.push(rowOf(columns, object, options));
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: options.withColumns ? columns.map(definitionOf) : null,
    rows,
  };
}

/** PartialObjectMetadata: type and metadata, and nothing else. */
export const metadataOnly = (object: KubeObject, version: 'v1' | 'v1beta1'): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: object.metadata,
});

function rowOf(columns: readonly Column<KubeObject>[], object: KubeObject, { includeObject, version, nowMs }: TableOptions): unknown {
  const cells = columns.map((column) => column.cell(object, nowMs));
  if (includeObject === 'None') return { cells, object: null };
  return { cells, object: includeObject === 'Object' ? object : metadataOnly(object, version) };
}

const definitionOf = ({ name, type, format = '', description = '', priority = 0 }: Column<KubeObject>): unknown => ({
  name,
  type,
  format,
  description: description || (name === ageColumn.name ? ageColumn.description : ''),
  priority,
});
