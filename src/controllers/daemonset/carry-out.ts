import { isNotFound } from '../../api/errors.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { DaemonSet } from '../../api/kinds/apps/daemonset.ts';
import type { Context } from '../../client/controller.ts';
import { createPod, deletePod, isNamespaceTerminating } from '../../workloads/pod-control.ts';
import { slowStart } from '../../workloads/slow-start.ts';
import { daemonTemplate } from './daemon-pod.ts';
import type { View } from './view.ts';

/** Pods made or deleted at once, as many as upstream's BurstReplicas; the rest follows when these are seen. */
const burst = 250;

/** Throws the first thing that went wrong, after all was tried. */
export async function carryOut(
  { set, history }: View,
  remove: readonly PodObject[],
  create: readonly string[],
  context: Context,
): Promise<void> {
  const nodes = create.slice(0, burst);
  const { failure } = await slowStart(nodes.length, async (index) => {
    try {
      await createPod(context, daemonTemplate(set, history.hash, nodes[index]!), set, DaemonSet);
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  });
  const deletions = remove.slice(0, burst).map((pod) => deletePod(context, pod, set, DaemonSet));
  const results = await Promise.allSettled(deletions);
  const failed = results.filter((result) => result.status === 'rejected').map(({ reason }): unknown => reason);
  if (failure) throw failure.error;
  const unexpected = failed.find((error) => !isNotFound(error));
  if (unexpected !== undefined) throw unexpected;
}
