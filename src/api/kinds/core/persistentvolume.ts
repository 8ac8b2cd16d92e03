import type { PersistentVolume as PersistentVolumeType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { canonicalTime } from '../../timestamps.ts';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './persistentvolume-validation.ts';
import { persistentVolumeWarnings } from './persistentvolume-warnings.ts';
import { accessModesText, storageClassOf } from './volume-class.ts';

export const PersistentVolume = defineKind<PersistentVolumeType>({
  ...generatedKind('', 'v1', 'PersistentVolume'),
  shortNames: ['pv'],
  columns: [
    nameColumn,
    { name: 'Capacity', type: 'string', cell: ({ spec }) => spec.capacity?.['storage'] ?? '0' },
    { name: 'Access Modes', type: 'string', cell: ({ spec }) => accessModesText(spec.accessModes) },
    { name: 'Reclaim Policy', type: 'string', cell: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '' },
    { name: 'Status', type: 'string', cell: ({ metadata, status }) => (metadata.deletionTimestamp ? 'Terminating' : (status.phase ?? '')) },
    {
      name: 'Claim',
      type: 'string',
      cell: ({ spec: { claimRef } }) => (claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : ''),
    },
    { name: 'StorageClass', type: 'string', cell: storageClassOf },
    { name: 'VolumeAttributesClass', type: 'string', cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>' },
    { name: 'Reason', type: 'string', cell: ({ status }) => status.reason ?? '' },
    ageColumn,
    { name: 'VolumeMode', type: 'string', priority: 1, cell: ({ spec }) => spec.volumeMode ?? '<unset>' },
  ],
  strategy: {
    generationFields: [],
    defaults({ spec, status }) {
      status.phase ??= 'Pending';
      spec.persistentVolumeReclaimPolicy ??= 'Retain';
      spec.volumeMode ??= 'Filesystem';
      if (spec.hostPath) spec.hostPath.type ??= '';
    },
    prepareForCreate(volume, { nowMs }) {
      volume.status = { phase: 'Pending', lastPhaseTransitionTime: secondsText(nowMs) };
    },
    prepareForStatusUpdate({ status }, { status: old }, { nowMs }) {
      const isTold = status.lastPhaseTransitionTime !== undefined && status.lastPhaseTransitionTime !== old.lastPhaseTransitionTime;
      if (status.phase !== old.phase && !isTold) status.lastPhaseTransitionTime = secondsText(nowMs);
    },
    validate: validatePersistentVolume,
    validateUpdate: validatePersistentVolumeUpdate,
    warnings: persistentVolumeWarnings,
  },
});

const secondsText = (nowMs: number): string => canonicalTime(new Date(nowMs).toISOString());
