import type { Draft } from '../../../api/draft.ts';
import type { Node } from '../../../api/generated/core/v1.ts';
import type { AdmissionPlugin } from '../../ports.ts';
import { isCreateOf } from '../request.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const;

/** A new node takes no pods until it is known to be ready. Source: Kubernetes' plugin/pkg/admission/nodetaint. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  mutate(request) {
    if (!isCreateOf(request, '', 'nodes')) return;
    const node = request.object as Draft<Node>;
    const taints = node.spec?.taints ?? [];
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return;
    node.spec = { ...node.spec, taints: [...taints, { ...notReady }] };
  },
};
