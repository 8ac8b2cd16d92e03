import type { Column } from '../kind.ts';
import { nameColumn } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

/** What kinds without columns of their own show (apiserver's default table convertor). */
export const nameAndCreatedAt: readonly Column<KubeObject>[] = [
  nameColumn,
  { name: 'Created At', type: 'date', cell: ({ metadata }) => metadata.creationTimestamp ?? '' },
];

interface NamedImage {
  readonly name: string;
  readonly image?: string;
}

/** The two wide columns of everything that makes pods. */
export const containerColumns = <O>(containersOf: (object: O) => readonly NamedImage[]): readonly Column<O>[] => [
  { name: 'Containers', type: 'string', priority: 1, cell: (object) => joined(containersOf(object), ({ name }) => name) },
  { name: 'Images', type: 'string', priority: 1, cell: (object) => joined(containersOf(object), ({ image }) => image ?? '') },
];

const joined = (containers: readonly NamedImage[], part: (container: NamedImage) => string) => containers.map(part).join(',');

/** `a=b,c=d` by the alphabet, `<none>` for none (apimachinery's labels.FormatLabels). */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** The first three of a list and how many there are beyond them; `<unset>` for none. */
export function firstThree(items: readonly string[]): string {
  if (items.length === 0) return '<unset>';
  const shown = items.slice(0, 3).join(',');
  return items.length > 3 ? `${shown} + ${items.length - 3} more...` : shown;
}
