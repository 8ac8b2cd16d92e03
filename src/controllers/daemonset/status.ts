import type { DaemonSet, DaemonSetStatus } from '../../api/generated/apps/v1.ts';
import type { Node, Pod } from '../../api/generated/core/v1.ts';
import { isAvailable, isReady } from '../../api/pods/pod-state.ts';
import { withoutZeros } from '../../workloads/without-zeros.ts';
import { hashOf } from './daemon-pod.ts';
import type { Fit } from './fit.ts';
import type { History } from './history.ts';
import { byAge } from './node-plan.ts';

export interface Counted {
  readonly set: DaemonSet;
  readonly nodes: readonly Node[];
  readonly fitOf: (node: Node) => Fit;
  readonly podsByNode: ReadonlyMap<string, readonly Pod[]>;
  readonly history: History;
  readonly nowMs: number;
}

/** Of several pods on a node the oldest counts. Source: updateDaemonSetStatus in pkg/controller/daemon. */
export function statusOf({ set, nodes, fitOf, podsByNode, history, nowMs }: Counted): DaemonSetStatus {
  const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
  for (const node of nodes) {
    const [pod] = (podsByNode.get(node.metadata.name!) ?? []).toSorted(byAge);
    if (!fitOf(node).shouldRun) {
      counts.misscheduled += pod ? 1 : 0;
      continue;
    }
    counts.desired++;
    if (!pod) continue;
    counts.current++;
    counts.ready += isReady(pod) ? 1 : 0;
    counts.available += isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs) ? 1 : 0;
    counts.updated += hashOf(pod) === history.hash ? 1 : 0;
  }
  const { conditions } = set.status ?? {};
  return {
    desiredNumberScheduled: counts.desired,
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    numberReady: counts.ready,
    ...withoutZeros({
      observedGeneration: set.metadata.generation,
      updatedNumberScheduled: counts.updated,
      numberAvailable: counts.available,
      numberUnavailable: counts.desired - counts.available,
      collisionCount: history.collisionCount,
    }),
    ...(conditions && { conditions }),
  };
}
