import type { Node as NodeType, Pod as PodType, Taint, Toleration } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { repellingEffects, toleratesAny, untolerated } from '../../../api/scheduling/tolerations.ts';
import { skip, stateKey, unresolvable, type NodeInfo, type PluginFactory, type Verdict } from '../../framework.ts';
import { interest, toleratesOtherTaints } from '../interest.ts';
import { normalizeByHighest } from '../normalize.ts';

const forgiving = stateKey<readonly Toleration[]>('TaintToleration');

/** Keeps pods from nodes with taints they do not bear, and prefers nodes with few. Source: kube-scheduler's plugins/tainttoleration. */
export const taintToleration: PluginFactory = {
  name: 'TaintToleration',
  weight: 3,
  make: () => ({
    name: 'TaintToleration',
    events: [
      interest(
        Node,
        (pod, { old, now }) => now !== undefined && !repels(now, pod) && (old === undefined || repels(old, pod) !== undefined),
      ),
      interest(Pod, toleratesOtherTaints),
    ],
    filter: (_state, { pod }, { node, taints }) => (taints.length === 0 ? undefined : repels(node, pod)),
    preScore(state, { pod }, nodes) {
      // Without such a taint all nodes score the same.
      if (!nodes.some(hasSoftTaint)) return skip;
      state.write(forgiving, softTolerations(pod));
      return undefined;
    },
    score: (state, _pod, { taints }) => countUntolerated(taints, state.read(forgiving)!),
    normalize: (_state, _pod, _nodes, scores) => normalizeByHighest(scores, true),
  }),
};

export const repels = ({ spec }: NodeType, pod: PodType): Verdict =>
  untolerated(spec.taints, pod.spec.tolerations, repellingEffects) ? hadTaint : undefined;

const hadTaint = unresolvable('node(s) had untolerated taint(s)');

const hasSoftTaint = ({ taints }: NodeInfo): boolean => taints.some(isSoft);
const isSoft = ({ effect }: Taint): boolean => effect === 'PreferNoSchedule';

/** What can bear a `PreferNoSchedule` taint. */
export const softTolerations = ({ spec }: PodType): readonly Toleration[] =>
  (spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');

export function countUntolerated(taints: readonly Taint[] | undefined, tolerations: readonly Toleration[]): number {
  if (!taints) return 0;
  let count = 0;
  for (const taint of taints) if (isSoft(taint) && !toleratesAny(tolerations, taint)) count++;
  return count;
}
