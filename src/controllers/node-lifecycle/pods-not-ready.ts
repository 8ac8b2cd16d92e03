import { isNotFound } from '../../api/errors.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { podCondition } from '../../api/pods/pod-state.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';

/** Nobody is there to say it, so it is said for them: what runs on a node that is not ready is not ready. */
export async function markPodsNotReady(
  pods: readonly PodObject[],
  { client, events, nowMs }: { readonly client: Client; readonly events: EventRecorder; readonly nowMs: number },
): Promise<void> {
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready');
    if (!ready || ready.status === 'False') continue;
    const { namespace, name, uid, generation } = pod.metadata;
    const condition = {
      type: 'Ready',
      status: 'False',
      lastTransitionTime: timestampOf(nowMs),
      ...(generation !== undefined && { observedGeneration: generation }),
    };
    try {
      const patch = { metadata: { uid }, status: { conditions: [condition] } };
      await client.patch(Pod, { namespace, name: name! }, 'strategic', patch, { subresource: 'status' });
    } catch (error) {
      if (isNotFound(error)) continue;
      throw error;
    }
    events.event({ apiVersion: 'v1', kind: 'Pod', ...pod }, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
}
