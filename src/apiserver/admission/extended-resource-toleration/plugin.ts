import type { Draft } from '../../../api/draft.ts';
import type { Pod } from '../../../api/generated/core/v1.ts';
import { isExtendedResource } from '../../../api/kinds/core/resource-names.ts';
import { podContainers } from '../../../api/kinds/core/pod-containers.ts';
import type { AdmissionPlugin } from '../../ports.ts';
import { isAbout } from '../request.ts';

/** Lets pods that want a device onto nodes that are kept for such pods. Off unless it is enabled. */
export const extendedResourceToleration: AdmissionPlugin = {
  name: 'ExtendedResourceToleration',
  mutate(request) {
    if (!isAbout(request, '', 'pods') || (request.operation !== 'CREATE' && request.operation !== 'UPDATE')) return;
    const { spec } = request.object as Draft<Pod>;
    const wanted = podContainers(spec, '').flatMap(({ container }) => Object.keys(container.resources?.requests ?? {}));
    for (const key of [...new Set(wanted.filter(isExtendedResource))].sort()) {
      const isThere = (spec.tolerations ?? []).some((one) => one.key === key && one.operator === 'Exists' && one.effect === 'NoSchedule');
      if (!isThere) spec.tolerations = [...(spec.tolerations ?? []), { key, operator: 'Exists', effect: 'NoSchedule' }];
    }
  },
};
