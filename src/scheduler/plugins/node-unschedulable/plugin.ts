import type { Node as NodeType, Pod as PodType, Taint } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { Pod } from '../../../api/kinds/core/pod.ts';
import { toleratesAny } from '../../../api/scheduling/tolerations.ts';
import { unresolvable, type PluginFactory, type Verdict } from '../../framework.ts';
import { interest, toleratesOtherTaints } from '../interest.ts';

/** Turns pods away from cordoned nodes, but for those that bear the taint. Source: kube-scheduler's plugins/nodeunschedulable. */
export const nodeUnschedulable: PluginFactory = {
  name: 'NodeUnschedulable',
  make: () => ({
    name: 'NodeUnschedulable',
    events: [
      interest(
        Node,
        (_pod, { old, now }) => now !== undefined && !now.spec.unschedulable && (old === undefined || old.spec.unschedulable === true),
      ),
      interest(Pod, toleratesOtherTaints),
    ],
    filter: (_state, { pod }, { node, isCordoned }) => (isCordoned ? refusesCordoned(pod, node) : undefined),
  }),
};

export const refusesCordoned = (pod: PodType, { spec }: NodeType): Verdict =>
  spec.unschedulable && !toleratesAny(pod.spec.tolerations, cordoned) ? wasUnschedulable : undefined;

const cordoned: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const wasUnschedulable = unresolvable('node(s) were unschedulable');
