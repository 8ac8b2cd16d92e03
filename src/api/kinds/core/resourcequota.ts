import type { ResourceQuotaStatus, ResourceQuota as ResourceQuotaType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateQuota, validateQuotaStatus, validateQuotaUpdate } from './resourcequota-validation.ts';

export const ResourceQuota = defineKind<ResourceQuotaType>({
  ...generatedKind('', 'v1', 'ResourceQuota'),
  shortNames: ['quota'],
  columns: [
    nameColumn,
    { name: 'Request', type: 'string', cell: ({ status }) => usageText(status, (name) => !isLimit(name)) },
    { name: 'Limit', type: 'string', cell: ({ status }) => usageText(status, isLimit) },
    ageColumn,
  ],
  strategy: {
    generationFields: [],
    validate: validateQuota,
    validateUpdate: validateQuotaUpdate,
    validateStatusUpdate: ({ status }) => validateQuotaStatus(status),
  },
});

const isLimit = (resource: string): boolean => resource.startsWith('limits.');

/** `pods: 3/10, requests.cpu: 500m/2` */
function usageText({ hard = {}, used = {} }: ResourceQuotaStatus, isWanted: (resource: string) => boolean): string {
  const names = Object.keys(hard).filter(isWanted).sort();
  return names.map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`).join(', ');
}
