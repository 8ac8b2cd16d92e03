import type { Node, PersistentVolumeClaim, TopologySelectorTerm } from '../../../api/generated/core/v1.ts';
import type { CSIStorageCapacity as CapacityType } from '../../../api/generated/storage/v1.ts';
import { quantityFrom } from '../../../api/kinds/core/resource-quantities.ts';
import { CSIDriver } from '../../../api/kinds/storage/csidriver.ts';
import { CSIStorageCapacity } from '../../../api/kinds/storage/csistoragecapacity.ts';
import { matchesLabels, selectorOf } from '../../../api/label-selector.ts';
import { value } from '../../../api/quantity.ts';
import type { Handle } from '../../framework.ts';
import type { DelayedClaim } from './pod-volumes.ts';

/** Can a volume for the claim be made that the node reaches, as far as the driver tells how much there is? */
export function hasCapacity({ claim, storageClass }: DelayedClaim, node: Node, { get, list }: Pick<Handle, 'get' | 'list'>): boolean {
  const wanted = wantedBytes(claim);
  if (wanted === undefined || !get(CSIDriver, storageClass.provisioner)?.spec.storageCapacity) return true;
  return list(CSIStorageCapacity).some(
    (capacity) =>
      capacity.storageClassName === storageClass.metadata.name && (largestBytes(capacity) ?? -1) >= wanted && isWithinReach(capacity, node),
  );
}

function wantedBytes({ spec }: PersistentVolumeClaim): number | undefined {
  const storage = spec.resources?.requests?.['storage'];
  return storage === undefined ? undefined : value(quantityFrom(storage));
}

/** The largest volume that can still be made; undefined when it is not told. */
export function largestBytes({ maximumVolumeSize, capacity }: CapacityType): number | undefined {
  const told = maximumVolumeSize ?? capacity;
  return told === undefined ? undefined : value(quantityFrom(told));
}

const isWithinReach = ({ nodeTopology }: CapacityType, { metadata }: Node): boolean =>
  nodeTopology !== undefined && matchesLabels(selectorOf(nodeTopology), metadata.labels);

/** `allowedTopologies` of a class: none allow all; of a term every expression must hold. */
export function isAllowedTopology(terms: readonly TopologySelectorTerm[] | undefined, { metadata: { labels } }: Node): boolean {
  if (!terms || terms.length === 0) return true;
  return terms.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => labels?.[key] !== undefined && values.includes(labels[key])),
  );
}
