import type { Column, Kind } from '../../src/api/kind.ts';
import type { KubeObject } from '../../src/api/meta.ts';
import { tableOf } from '../../src/wire/table.ts';

/** Columns side by side, each as wide as its widest cell and `gap`; no blanks at the ends of lines. */
export function columns(rows: readonly (readonly string[])[], gap = 3): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]! + gap)))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

export interface RowOptions {
  readonly wide: boolean;
  readonly withNamespace: boolean;
  /** Before each name, as kubectl puts it where there are several kinds: `deployment.apps/`. */
  readonly prefix: string;
  readonly nowMs: number;
}

/** The heading and a row for each object, of the server's own Table, as kubectl prints it. */
export function tableRows(kind: Kind, objects: readonly KubeObject[], { wide, withNamespace, prefix, nowMs }: RowOptions): string[][] {
  const table = tableOf(kind, objects, {}, { version: 'v1', includeObject: 'Metadata', nowMs }) as Table;
  const shown = table.columnDefinitions.map(({ priority = 0 }) => wide || priority === 0);
  const ofShown = <T>(cells: readonly T[]): T[] => cells.filter((_, i) => shown[i]);
  const heading = ofShown(table.columnDefinitions).map(({ name }) => name.toUpperCase());
  const rows = table.rows.map(({ cells, object }) => {
    const texts = ofShown(cells).map((cell) => (cell === null ? '' : String(cell as string | number | boolean)));
    texts[0] = prefix + (texts[0] ?? '');
    return withNamespace ? [object.metadata.namespace ?? '', ...texts] : texts;
  });
  return [withNamespace ? ['NAMESPACE', ...heading] : heading, ...rows];
}

interface Table {
  readonly columnDefinitions: readonly Pick<Column<KubeObject>, 'name' | 'priority'>[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: KubeObject }[];
}
