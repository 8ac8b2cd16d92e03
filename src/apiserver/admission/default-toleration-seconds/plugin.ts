import type { Draft } from '../../../api/draft.ts';
import type { Pod, Toleration } from '../../../api/generated/core/v1.ts';
import type { AdmissionPlugin } from '../../ports.ts';
import { isAbout } from '../request.ts';

const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
/** How long a pod stays on a node that is gone, unless it says otherwise. */
const tolerationSeconds = 300;

/** Source: Kubernetes' plugin/pkg/admission/defaulttolerationseconds. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  mutate(request) {
    if (!isAbout(request, '', 'pods') || (request.operation !== 'CREATE' && request.operation !== 'UPDATE')) return;
    const { spec } = request.object as Draft<Pod>;
    const tolerations = spec.tolerations ?? [];
    const missing = taints.filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
    if (missing.length === 0) return;
    spec.tolerations = [
      ...tolerations,
      ...missing.map((key) => ({ key, operator: 'Exists' as const, effect: 'NoExecute' as const, tolerationSeconds })),
    ];
  },
};

const tolerates = ({ key, effect }: Toleration, taint: string): boolean => (!key || key === taint) && (!effect || effect === 'NoExecute');
