import type { DaemonSet as DaemonSetObject } from '../../api/generated/apps/v1.ts';
import type { Node as NodeObject, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { DaemonSet } from '../../api/kinds/apps/daemonset.ts';
import type { Context } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { withType } from '../../workloads/owner.ts';
import { targetNodeOf } from './daemon-pod.ts';
import type { FailureBackoff } from './failure-backoff.ts';
import { planNode, type NodePlan } from './node-plan.ts';
import { allowsSurge } from './rolling-update.ts';
import type { View } from './view.ts';

/** Which pods are to go, and which nodes are to have one, whatever their revision. */
export function upkeep(view: View, context: Context, backoff: FailureBackoff): { remove: PodObject[]; create: string[] } {
  const remove = podsWithoutNode(view);
  const create: string[] = [];
  for (const node of view.nodes) {
    const name = node.metadata.name!;
    const plan = planOf(node, view);
    if (plan.create) create.push(name);
    remove.push(...plan.remove, ...ended(plan, name, view, context, backoff));
  }
  return { remove, create };
}

const planOf = (node: NodeObject, { set, history, fitOf, podsByNode, nowMs }: View): NodePlan =>
  planNode({
    fit: fitOf(node),
    pods: podsByNode.get(node.metadata.name!) ?? [],
    hash: history.hash,
    allowsSurge: allowsSurge(set),
    minReadySeconds: set.spec.minReadySeconds ?? 0,
    nowMs,
  });

/** Pods that have ended go, each with a word; failed ones not too soon after one another. */
function ended(plan: NodePlan, node: string, { set, nowMs }: View, { events }: Context, backoff: FailureBackoff): PodObject[] {
  const about = withType(set, DaemonSet);
  const key = backoffKey(set, node);
  const failed = plan.failed.filter((pod) => {
    if (backoff.waitMs(key, nowMs) > 0) return false;
    backoff.next(key, nowMs);
    const message = `Found failed daemon pod ${keyOf(pod)} on node ${node}, will try to kill it`;
    events.event(about, 'Warning', 'FailedDaemonPod', message);
    return true;
  });
  for (const pod of plan.succeeded) {
    const message = `Found succeeded daemon pod ${keyOf(pod)} on node ${node}, will try to delete it`;
    events.event(about, 'Normal', 'SucceededDaemonPod', message);
  }
  return [...failed, ...plan.succeeded];
}

/** A new template begins anew. */
export const backoffKey = ({ metadata, status }: DaemonSetObject, node: string): string =>
  `${metadata.uid}/${status?.observedGeneration ?? 0}/${node}`;

/** Made for a node that is gone before they were bound: nobody else would ever clean them up. */
function podsWithoutNode({ nodes, pods }: View): PodObject[] {
  const waiting = pods.filter(({ spec, metadata }) => !spec.nodeName && metadata.deletionTimestamp === undefined);
  if (waiting.length === 0) return [];
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  return waiting.filter((pod) => {
    const node = targetNodeOf(pod);
    return node !== undefined && !names.has(node);
  });
}
