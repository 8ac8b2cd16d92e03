import type { StorageClass as StorageClassType } from '../../generated/storage/v1.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import type { KubeObject } from '../../meta.ts';
import { generatedKind } from '../../schemas.ts';
import { labelDeprecation } from '../core/node-label-deprecations.ts';
import { validateStorageClass, validateStorageClassUpdate } from './storageclass-validation.ts';

const defaultClass = 'storageclass.kubernetes.io/is-default-class';
const betaDefaultClass = 'storageclass.beta.kubernetes.io/is-default-class';

/** Claims that name no class get a default one. */
export const isDefaultStorageClass = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[defaultClass] === 'true' || metadata.annotations?.[betaDefaultClass] === 'true';

const nameWithDefault: Column<KubeObject> = {
  ...nameColumn,
  cell: (object) => (object.metadata.name ?? '') + (isDefaultStorageClass(object) ? ' (default)' : ''),
};

export const StorageClass = defineKind<StorageClassType>({
  ...generatedKind('storage.k8s.io', 'v1', 'StorageClass'),
  shortNames: ['sc'],
  columns: [
    nameWithDefault,
    { name: 'Provisioner', type: 'string', cell: (one) => one.provisioner },
    { name: 'ReclaimPolicy', type: 'string', cell: (one) => one.reclaimPolicy ?? 'Delete' },
    { name: 'VolumeBindingMode', type: 'string', cell: (one) => one.volumeBindingMode ?? 'Immediate' },
    { name: 'AllowVolumeExpansion', type: 'string', cell: (one) => one.allowVolumeExpansion ?? false },
    ageColumn,
  ],
  strategy: {
    defaults(one) {
      one.reclaimPolicy ??= 'Delete';
      one.volumeBindingMode ??= 'Immediate';
    },
    validate: validateStorageClass,
    validateUpdate: validateStorageClassUpdate,
    warnings: ({ allowedTopologies = [] }) =>
      allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
        matchLabelExpressions.flatMap(({ key }, j) => {
          const deprecation = labelDeprecation(key);
          return deprecation === undefined ? [] : [`allowedTopologies[${i}].matchLabelExpressions[${j}].key: ${deprecation}`];
        }),
      ),
  },
});
