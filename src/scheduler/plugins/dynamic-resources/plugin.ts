import { ResourceClaim } from '../../../api/kinds/resource/resourceclaim.ts';
import { skip, unresolvable, type PluginFactory } from '../../framework.ts';
import { interest } from '../interest.ts';

/**
 * Keeps pods that claim devices pending: nobody offers devices here, so no claim can be allocated on
 * any node. Source: kube-scheduler's plugins/dynamicresources, as it answers where there is no driver.
 */
export const dynamicResources: PluginFactory = {
  name: 'DynamicResources',
  make: () => ({
    name: 'DynamicResources',
    events: [interest(ResourceClaim, () => true)],
    preFilter: (_state, { pod }) => ((pod.spec.resourceClaims ?? []).length > 0 ? undefined : skip),
    filter: () => noDevices,
    // Said of every pod that fits nowhere, also of those without claims.
    postFilter: () => ({ message: 'no new claims to deallocate' }),
  }),
};

const noDevices = unresolvable('cannot allocate all claims');
