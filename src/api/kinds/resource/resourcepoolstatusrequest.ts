import type { ResourcePoolStatusRequest as ResourcePoolStatusRequestType } from '../../generated/resource/v1alpha3.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateDriver, validatePool } from './device-names.ts';

/** Asks once for a summary of a driver's pools; a controller answers in the status. */
export const ResourcePoolStatusRequestV1Alpha3 = defineKind<ResourcePoolStatusRequestType>({
  ...generatedKind('resource.k8s.io', 'v1alpha3', 'ResourcePoolStatusRequest'),
  strategy: {
    validate: ({ spec }) => [
      ...validateDriver(spec?.driver, 'spec.driver'),
      ...(spec?.poolName === undefined ? [] : validatePool(spec.poolName, 'spec.poolName')),
    ],
    validateUpdate: (next, old) => validateImmutable(next.spec, old.spec, 'spec'),
  },
});
