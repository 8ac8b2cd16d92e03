import { addQuantities, parseQuantity, quantityOf, quantityText } from '../../quantity.ts';
import type { KubeObject } from '../../meta.ts';
import { nameColumn, type Column } from '../../kind.ts';
import type { Usage } from './types.ts';

/** What metrics-server's tables show: what is used altogether, in how long a time. */
export function metricsColumns<O extends KubeObject & { readonly window: string }>(
  usagesOf: (object: O) => readonly Usage[],
): readonly Column<O>[] {
  const total = (object: O, resource: keyof Usage): string =>
    quantityText(usagesOf(object).reduce((sum, usage) => addQuantities(sum, parseQuantity(usage[resource])), quantityOf(0)));
  return [
    { ...nameColumn, description: 'Name of the resource' },
    { name: 'cpu', type: 'string', format: 'quantity', cell: (object) => total(object, 'cpu') },
    { name: 'memory', type: 'string', format: 'quantity', cell: (object) => total(object, 'memory') },
    { name: 'Window', type: 'string', format: 'duration', cell: ({ window }) => window },
  ];
}
