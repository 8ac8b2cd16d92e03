import type { Draft } from '../../draft.ts';
import type { ResourceClaimTemplate as ResourceClaimTemplateType } from '../../generated/resource/v1.ts';
import type { ResourceClaimTemplate as OldResourceClaimTemplate } from '../../generated/resource/v1beta1.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { storedAs } from '../stored-as.ts';
import { validateDeviceClaim, validateOldDeviceClaim } from './device-claim-validation.ts';
import { defaultDeviceClaim, defaultOldDeviceClaim, downgradeDeviceClaim, upgradeDeviceClaim } from './device-requests.ts';

const group = 'resource.k8s.io';
const stored = { group, version: 'v1' };
const path = 'spec.spec.devices';

const unchangedSpec = (next: { readonly spec: unknown }, old: { readonly spec: unknown }) => validateImmutable(next.spec, old.spec, 'spec');

const strategy = {
  defaults: ({ spec }: Draft<ResourceClaimTemplateType>) => defaultDeviceClaim(spec?.spec?.devices),
  validate: ({ spec }: ResourceClaimTemplateType) => validateDeviceClaim(spec?.spec?.devices ?? {}, path),
  validateUpdate: unchangedSpec,
};

export const ResourceClaimTemplate = defineKind<ResourceClaimTemplateType>({
  ...generatedKind(group, 'v1', 'ResourceClaimTemplate'),
  strategy,
});

export const ResourceClaimTemplateV1Beta2 = defineKind<ResourceClaimTemplateType>({
  ...generatedKind(group, 'v1beta2', 'ResourceClaimTemplate'),
  storage: storedAs({ group, version: 'v1beta2' }, stored),
  strategy,
});

export const ResourceClaimTemplateV1Beta1 = defineKind<OldResourceClaimTemplate>({
  ...generatedKind(group, 'v1beta1', 'ResourceClaimTemplate'),
  storage: storedAs(
    { group, version: 'v1beta1' },
    stored,
    (object) => upgradeDeviceClaim((object as Draft<OldResourceClaimTemplate>).spec.spec?.devices),
    (object) => downgradeDeviceClaim((object as Draft<ResourceClaimTemplateType>).spec.spec?.devices),
  ),
  strategy: {
    defaults: ({ spec }) => defaultOldDeviceClaim(spec?.spec?.devices),
    validate: ({ spec }) => validateOldDeviceClaim(spec?.spec?.devices ?? {}, path),
    validateUpdate: unchangedSpec,
  },
});
