import type { Draft } from '../../draft.ts';
import type { PersistentVolumeClaimSpec, PersistentVolumeClaim as PersistentVolumeClaimType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { quantityText, scaledValue } from '../../quantity.ts';
import { generatedKind } from '../../schemas.ts';
import { validateClaimStatus, validateClaimUpdate } from './persistentvolumeclaim-validation.ts';
import { quantityFrom } from './resource-quantities.ts';
import { validateVolumeClaimSpec } from './volume-claim-spec-validation.ts';
import { accessModesText, classAnnotationWarnings, storageClassOf } from './volume-class.ts';

export const PersistentVolumeClaim = defineKind<PersistentVolumeClaimType>({
  ...generatedKind('', 'v1', 'PersistentVolumeClaim'),
  shortNames: ['pvc'],
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', cell: ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? '')) },
    { name: 'Volume', type: 'string', cell: ({ spec }) => spec.volumeName ?? '' },
    { name: 'Capacity', type: 'string', cell: ({ spec, status }) => (spec.volumeName ? (status.capacity?.['storage'] ?? '0') : '') },
    { name: 'Access Modes', type: 'string', cell: ({ spec, status }) => (spec.volumeName ? accessModesText(status.accessModes) : '') },
    { name: 'StorageClass', type: 'string', cell: storageClassOf },
    { name: 'VolumeAttributesClass', type: 'string', cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>' },
    ageColumn,
    { name: 'VolumeMode', type: 'string', priority: 1, cell: ({ spec }) => spec.volumeMode ?? '<unset>' },
  ],
  strategy: {
    generationFields: [],
    defaults({ spec, status }) {
      status.phase ??= 'Pending';
      spec.volumeMode ??= 'Filesystem';
    },
    prepareForCreate(claim) {
      claim.status = { phase: 'Pending' };
      dropForeignDataSource(claim.spec);
      linkDataSources(claim.spec);
    },
    prepareForUpdate({ spec }, { spec: old }) {
      if (!old.dataSource && !old.dataSourceRef) dropForeignDataSource(spec);
      linkDataSources(spec);
    },
    validate: ({ spec }) => validateVolumeClaimSpec(spec, 'spec'),
    validateUpdate: validateClaimUpdate,
    validateStatusUpdate: validateClaimStatus,
    warnings: (claim) => [...classAnnotationWarnings(claim), ...fractionWarnings(claim)],
  },
});

/** `dataSource`, the older field, may name a claim or a snapshot, and silently nothing else. */
function dropForeignDataSource(spec: Draft<PersistentVolumeClaimSpec>): void {
  const { apiGroup = '', kind } = spec.dataSource ?? {};
  const isClaim = apiGroup === '' && kind === 'PersistentVolumeClaim';
  const isSnapshot = apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot';
  if (!isClaim && !isSnapshot) delete spec.dataSource;
}

/** Each of the two fields stands for the other, unless the newer one points into another namespace. */
function linkDataSources(spec: Draft<PersistentVolumeClaimSpec>): void {
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) {
    const { namespace: _same, ...source } = spec.dataSourceRef;
    spec.dataSource = source;
  }
}

function fractionWarnings({ spec }: PersistentVolumeClaimType): string[] {
  const storage = quantityFrom(spec.resources?.requests?.['storage']);
  if (scaledValue(storage, -3) % 1000n === 0n) return [];
  return [`spec.resources.requests[storage]: fractional byte value "${quantityText(storage)}" is invalid, must be an integer`];
}
