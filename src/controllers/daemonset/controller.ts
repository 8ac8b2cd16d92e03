import type { Node as NodeObject } from '../../api/generated/core/v1.ts';
import { ControllerRevision } from '../../api/kinds/apps/controllerrevision.ts';
import { DaemonSet } from '../../api/kinds/apps/daemonset.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { matchesLabels, selectorOf } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/meta.ts';
import { availableInMs, isFinished } from '../../api/pods/pod-state.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { defineController, watchOf, type After, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { controllerOf } from '../../workloads/owner.ts';
import { Pace } from '../../workloads/pace.ts';
import { carryOut } from './carry-out.ts';
import { targetNodeOf } from './daemon-pod.ts';
import { FailureBackoff } from './failure-backoff.ts';
import { nodeFit, sameForDaemons } from './fit.ts';
import { truncate } from './history.ts';
import { rollingUpdate } from './rolling-update.ts';
import { statusOf } from './status.ts';
import { backoffKey, upkeep } from './upkeep.ts';
import { look, type View } from './view.ts';

/** Keeps a pod on each node that its template fits. Source: pkg/controller/daemon. */
export function daemonSetController(): Controller {
  const backoff = new FailureBackoff();
  const pace = new Pace();
  return defineController({
    name: 'daemonset-controller',
    for: DaemonSet,
    owns: [Pod],
    watches: [watchOf(Node, setsForNode, sameForDaemons), watchOf(Pod, setsForOrphan), watchOf(ControllerRevision, setsForOrphan)],
    workers: 2,
    async reconcile(set, context): Promise<After> {
      if (set.metadata.deletionTimestamp !== undefined) return;
      const nowMs = context.env.clock.now();
      const key = keyOf(set);
      const restMs = pace.waitMs(key, nowMs);
      if (restMs > 0) return { requeueAfterMs: restMs };
      const view = await look(set, context, nowMs);
      pace.rest(key, nowMs + Math.floor(view.nodes.length / nodesLookedAtPerMs));
      try {
        await perform(view, context, backoff);
      } finally {
        await writeStatus(view, context);
      }
      await truncate(set, view.pods, view.history, context);
      return soonest([...waits(view), ...backoffs(view, backoff)]);
    },
    async gone(key) {
      pace.forget(key);
    },
  });
}

/** All nodes are looked at each time: of 5,000 at most every tenth of a second, though each of the pods changes on its own. */
const nodesLookedAtPerMs = 50;

async function perform(view: View, context: Context, backoff: FailureBackoff): Promise<void> {
  const { remove, create } = upkeep(view, context, backoff);
  if (remove.length + create.length > 0) await carryOut(view, remove, create, context);
  // Updates are planned on what is there, not on what has just been changed.
  else await update(view, context);
}

async function update(view: View, context: Context): Promise<void> {
  const { set, history, nodes, fitOf, podsByNode, nowMs } = view;
  const wanted = new Set(nodes.filter((node) => fitOf(node).shouldRun).map(({ metadata }) => metadata.name!));
  const all = new Map([...podsByNode, ...Array.from(wanted, (node) => [node, podsByNode.get(node) ?? []] as const)]);
  const situation = {
    set,
    hash: history.hash,
    podsByNode: all,
    shouldRun: (node: string) => wanted.has(node),
    desired: wanted.size,
    nowMs,
  };
  const { remove, create } = rollingUpdate(situation);
  await carryOut(view, remove, create, context);
}

async function writeStatus(view: View, { client }: Context): Promise<void> {
  const status = statusOf(view);
  if (!semanticallyEqual(status, view.set.status)) await client.updateStatus(DaemonSet, { ...view.set, status });
}

/** Until ready pods become available, which nothing tells of. */
const waits = ({ set: { spec }, pods, nowMs }: View): number[] =>
  pods.map((pod) => availableInMs(pod, spec.minReadySeconds ?? 0, nowMs) ?? 0);

const backoffs = ({ set, pods, nowMs }: View, backoff: FailureBackoff): number[] =>
  pods.filter(isFinished).map((pod) => backoff.waitMs(backoffKey(set, targetNodeOf(pod) ?? ''), nowMs));

function soonest(waitsMs: readonly number[]): After {
  const pending = waitsMs.filter((waitMs) => waitMs > 0);
  return pending.length > 0 ? { requeueAfterMs: pending.reduce((least, waitMs) => Math.min(least, waitMs)) } : undefined;
}

/** Those that have, or may have, a pod on the node. */
const setsForNode = (node: NodeObject, { list }: Context): string[] =>
  list(DaemonSet)
    .filter((set) => nodeFit(set)(node).mayStay)
    .map(keyOf);

/** Whoever may adopt what nobody controls. */
function setsForOrphan(object: KubeObject, { list }: Context): string[] {
  if (controllerOf(object)) return [];
  return list(DaemonSet, object.metadata.namespace)
    .filter(({ spec }) => matchesLabels(selectorOf(spec.selector), object.metadata.labels))
    .map(keyOf);
}
