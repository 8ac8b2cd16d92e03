import type { Draft } from '../../../api/draft.ts';
import type { Pod, Toleration } from '../../../api/generated/core/v1.ts';
import type { AdmissionPlugin } from '../../ports.ts';
import { isAbout } from '../request.ts';

/** How long a pod stays on a node that is gone, unless it says otherwise. */
export interface TolerationSeconds {
  /** `--default-not-ready-toleration-seconds`; 300 when absent. */
  readonly notReady?: number;
  /** `--default-unreachable-toleration-seconds`; 300 when absent. */
  readonly unreachable?: number;
}

/** Source: Kubernetes' plugin/pkg/admission/defaulttolerationseconds. */
export function defaultTolerationSeconds({ notReady = 300, unreachable = 300 }: TolerationSeconds = {}): AdmissionPlugin {
  const taints = [
    { key: 'node.kubernetes.io/not-ready', tolerationSeconds: notReady },
    { key: 'node.kubernetes.io/unreachable', tolerationSeconds: unreachable },
  ];
  return {
    name: 'DefaultTolerationSeconds',
    mutate(request) {
      if (!isAbout(request, '', 'pods') || (request.operation !== 'CREATE' && request.operation !== 'UPDATE')) return;
      const { spec } = request.object as Draft<Pod>;
      const tolerations = spec.tolerations ?? [];
      const missing = taints.filter(({ key }) => !tolerations.some((toleration) => tolerates(toleration, key)));
      if (missing.length === 0) return;
      const added = missing.map(({ key, tolerationSeconds }) => ({
        key,
        operator: 'Exists' as const,
        effect: 'NoExecute' as const,
        tolerationSeconds,
      }));
      spec.tolerations = [...tolerations, ...added];
    },
  };
}

const tolerates = ({ key, effect }: Toleration, taint: string): boolean => (!key || key === taint) && (!effect || effect === 'NoExecute');
