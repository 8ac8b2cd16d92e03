import type { StorageVersion as StorageVersionType } from '../../generated/internal/v1alpha1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { firstThree } from '../columns.ts';

/** Tells in which version each API server writes a resource. */
export const StorageVersionV1Alpha1 = defineKind<StorageVersionType>({
  ...generatedKind('internal.apiserver.k8s.io', 'v1alpha1', 'StorageVersion'),
  columns: [
    nameColumn,
    { name: 'CommonEncodingVersion', type: 'string', cell: ({ status }) => status?.commonEncodingVersion ?? '<unset>' },
    {
      name: 'StorageVersions',
      type: 'string',
      cell: ({ status }) => firstThree((status?.storageVersions ?? []).map((one) => `${one.apiServerID}=${one.encodingVersion}`)),
    },
    ageColumn,
  ],
});
