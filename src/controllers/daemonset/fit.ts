import type { DaemonSet } from '../../api/generated/apps/v1.ts';
import type { Node, PodSpec } from '../../api/generated/core/v1.ts';
import { requiredNodeAffinityMatcher } from '../../api/scheduling/node-affinity.ts';
import { repellingEffects, untolerated } from '../../api/scheduling/tolerations.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { withDaemonTolerations } from './daemon-pod.ts';

export interface Fit {
  /** A pod of the set is to be on the node. */
  readonly shouldRun: boolean;
  /** One that is there may stay, though none would be put there any more. */
  readonly mayStay: boolean;
}

const fits: Fit = { shouldRun: true, mayStay: true };
const mayStayOnly: Fit = { shouldRun: false, mayStay: true };
const neither: Fit = { shouldRun: false, mayStay: false };

/** Asks for many nodes what the set's template says once. Source: NodeShouldRunDaemonPod. */
export function nodeFit({ spec }: DaemonSet): (node: Node) => Fit {
  const podSpec: PodSpec = withDaemonTolerations(spec.template.spec ?? { containers: [] });
  const matches = requiredNodeAffinityMatcher({ metadata: {}, spec: podSpec, status: {} });
  return (node) => {
    if (podSpec.nodeName && podSpec.nodeName !== node.metadata.name) return neither;
    if (!matches(node)) return neither;
    const taints = node.spec?.taints;
    if (!untolerated(taints, podSpec.tolerations, repellingEffects)) return fits;
    return untolerated(taints, podSpec.tolerations, ['NoExecute']) ? neither : mayStayOnly;
  };
}

/** Does this update of a node leave it as it is to daemon sets? Heartbeats do. */
export const sameForDaemons = (old: Node, now: Node): boolean =>
  semanticallyEqual(old.metadata.labels, now.metadata.labels) && semanticallyEqual(old.spec?.taints, now.spec?.taints);
