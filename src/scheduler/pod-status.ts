import type { ObjectReference, Pod, PodCondition } from '../api/generated/core/v1.ts';
import { Pod as PodKind } from '../api/kinds/core/pod.ts';
import { podCondition } from '../api/pods/pod-state.ts';
import { timestampOf } from '../api/timestamps.ts';
import type { Client } from '../client/client.ts';

/** What a scheduler writes of a pod's status. */
export interface StatusChange {
  readonly condition?: PodCondition;
  /** '' takes it away; absent leaves it. */
  readonly nominatedNodeName?: string;
}

/** A condition that says something new, with its times filled in; undefined when the pod's says the same. */
export function newCondition(pod: Pod, condition: PodCondition, nowMs: number): PodCondition | undefined {
  const before = podCondition(pod, condition.type);
  const { generation } = pod.metadata;
  const now: PodCondition = { ...condition, ...(generation !== undefined && { observedGeneration: generation }) };
  const same =
    before?.status === now.status &&
    before.reason === now.reason &&
    before.message === now.message &&
    before.observedGeneration === now.observedGeneration;
  if (same) return undefined;
  const keeps = before?.status === now.status && before.lastTransitionTime !== undefined;
  return { ...now, lastTransitionTime: keeps ? before.lastTransitionTime : timestampOf(nowMs) };
}

/** The patch of a status that would change something; undefined when nothing would. */
export function statusPatch(pod: Pod, { condition, nominatedNodeName }: StatusChange, nowMs: number): object | undefined {
  const conditions = condition && newCondition(pod, condition, nowMs);
  const renominated = nominatedNodeName !== undefined && nominatedNodeName !== (pod.status?.nominatedNodeName ?? '');
  if (!conditions && !renominated) return undefined;
  return {
    status: {
      ...(conditions && { conditions: [conditions] }),
      ...(renominated && { nominatedNodeName: nominatedNodeName === '' ? null : nominatedNodeName }),
    },
  };
}

/** Writes what is new in it, if anything is. */
export async function patchStatus(client: Client, pod: Pod, change: StatusChange, nowMs: number): Promise<void> {
  const patch = statusPatch(pod, change, nowMs);
  const { namespace, name = '' } = pod.metadata;
  if (patch) await client.patch(PodKind, { namespace, name }, 'strategic', patch, { subresource: 'status' });
}

/** For events: objects out of lists do not say what they are. */
export function referenceToPod({ metadata: { namespace, name, uid, resourceVersion } }: Pod): ObjectReference {
  return { kind: 'Pod', apiVersion: 'v1', namespace, name, uid, resourceVersion };
}
