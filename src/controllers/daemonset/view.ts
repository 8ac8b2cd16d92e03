import type { DaemonSet as DaemonSetObject } from '../../api/generated/apps/v1.ts';
import type { Node as NodeObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { DaemonSet } from '../../api/kinds/apps/daemonset.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { selectorOf } from '../../api/label-selector.ts';
import { isFinished } from '../../api/pods/pod-state.ts';
import type { Context } from '../../client/controller.ts';
import { claim } from '../../workloads/claim.ts';
import { targetNodeOf } from './daemon-pod.ts';
import { nodeFit, type Fit } from './fit.ts';
import { historyOf, type History } from './history.ts';

/** All that one look sees. */
export interface View {
  readonly set: DaemonSetObject;
  readonly history: History;
  readonly nodes: readonly NodeObject[];
  readonly fitOf: (node: NodeObject) => Fit;
  readonly pods: readonly PodObject[];
  /** By the node that they are on or made for. */
  readonly podsByNode: ReadonlyMap<string, readonly PodObject[]>;
  readonly nowMs: number;
}

export async function look(set: DaemonSetObject, context: Context, nowMs: number): Promise<View> {
  const history = await historyOf(set, context);
  const pods = await ownPods(set, context);
  const podsByNode = new Map<string, PodObject[]>();
  for (const pod of pods) {
    const node = targetNodeOf(pod);
    // What has ended and goes is as good as gone.
    if (node === undefined || (isFinished(pod) && pod.metadata.deletionTimestamp !== undefined)) continue;
    const others = podsByNode.get(node);
    if (others) others.push(pod);
    else podsByNode.set(node, [pod]);
  }
  return { set, history, nodes: context.list(Node), fitOf: nodeFit(set), pods, podsByNode, nowMs };
}

const ownPods = (set: DaemonSetObject, context: Context): Promise<PodObject[]> =>
  claim(context, {
    kind: Pod,
    owner: set,
    ownerKind: DaemonSet,
    selector: selectorOf(set.spec.selector),
    objects: [...context.owned(Pod, set), ...context.orphans(Pod, set.metadata.namespace ?? '')],
  });
