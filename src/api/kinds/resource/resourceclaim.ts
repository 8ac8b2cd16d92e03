import type { Draft } from '../../draft.ts';
import type { ResourceClaim as ResourceClaimType } from '../../generated/resource/v1.ts';
import type { ResourceClaim as OldResourceClaim } from '../../generated/resource/v1beta1.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { storedAs } from '../stored-as.ts';
import { defaultDeviceClaim, defaultOldDeviceClaim, downgradeDeviceClaim, upgradeDeviceClaim } from './device-requests.ts';
import { validateClaimStatusUpdate } from './resource-claim-status.ts';
import { validateDeviceClaim, validateOldDeviceClaim } from './device-claim-validation.ts';

const group = 'resource.k8s.io';
const stored = { group, version: 'v1' };

type AnyClaim = Pick<ResourceClaimType, 'metadata'> & {
  readonly status?: { readonly allocation?: unknown; readonly reservedFor?: readonly unknown[] };
};

const columns: readonly Column<AnyClaim>[] = [nameColumn, { name: 'State', type: 'string', cell: stateCell }, ageColumn];

const unchangedSpec = (next: { readonly spec: unknown }, old: { readonly spec: unknown }) => validateImmutable(next.spec, old.spec, 'spec');

const strategy = {
  defaults: ({ spec }: Draft<ResourceClaimType>) => defaultDeviceClaim(spec?.devices),
  validate: ({ spec }: ResourceClaimType) => validateDeviceClaim(spec?.devices ?? {}, 'spec.devices'),
  validateUpdate: unchangedSpec,
  validateStatusUpdate: validateClaimStatusUpdate,
  generationFields: [],
};

export const ResourceClaim = defineKind<ResourceClaimType>({ ...generatedKind(group, 'v1', 'ResourceClaim'), columns, strategy });

export const ResourceClaimV1Beta2 = defineKind<ResourceClaimType>({
  ...generatedKind(group, 'v1beta2', 'ResourceClaim'),
  columns,
  storage: storedAs({ group, version: 'v1beta2' }, stored),
  strategy,
});

export const ResourceClaimV1Beta1 = defineKind<OldResourceClaim>({
  ...generatedKind(group, 'v1beta1', 'ResourceClaim'),
  columns,
  storage: storedAs(
    { group, version: 'v1beta1' },
    stored,
    (object) => upgradeDeviceClaim((object as Draft<OldResourceClaim>).spec.devices),
    (object) => downgradeDeviceClaim((object as Draft<ResourceClaimType>).spec.devices),
  ),
  strategy: {
    defaults: ({ spec }) => defaultOldDeviceClaim(spec?.devices),
    validate: ({ spec }) => validateOldDeviceClaim(spec?.devices ?? {}, 'spec.devices'),
    validateUpdate: unchangedSpec,
    validateStatusUpdate: validateClaimStatusUpdate,
    generationFields: [],
  },
});

function stateCell({ metadata, status }: AnyClaim): string {
  const states = metadata.deletionTimestamp ? ['deleted'] : [];
  if (!status?.allocation) return metadata.deletionTimestamp ? 'deleted' : 'pending';
  return [...states, 'allocated', ...(status.reservedFor?.length ? ['reserved'] : [])].join(',');
}
