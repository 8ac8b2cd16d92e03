import type { Clock } from '../base/clock.ts';
import { isNotFound } from '../api/errors.ts';
import type { Pod as PodObject } from '../api/generated/core/v1.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import { timestampOf } from '../api/timestamps.ts';
import type { Client } from '../client/client.ts';

/** For tests: how pods fare on a node that nobody runs. */
export interface TrialKubelet {
  /** Milliseconds from a pod's making until it is ready; undefined for never. 100 when absent. */
  readonly readyAfterMs?: (pod: PodObject) => number | undefined;
  /** Milliseconds from the wish to delete it until it is gone. 100 when absent. */
  readonly goneAfterMs?: (pod: PodObject) => number;
}

/** Plays the kubelet of all pods of a namespace until the client's server is gone. */
export function playKubelet(
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  namespace: string,
  { readyAfterMs = () => 100, goneAfterMs = () => 100 }: TrialKubelet = {},
): void {
  const leaving = new Set<string>();
  const event = (type: string, pod: PodObject) => {
    const afterMs = type === 'ADDED' ? readyAfterMs(pod) : undefined;
    if (afterMs !== undefined) clock.after(afterMs, () => void setPodStatus({ client, clock }, pod, 'Running', true));
    if (type === 'DELETED' || pod.metadata.deletionTimestamp === undefined || leaving.has(pod.metadata.uid!)) return;
    leaving.add(pod.metadata.uid!);
    clock.after(goneAfterMs(pod), () => void endPod(client, pod));
  };
  client.watch(Pod, { namespace }, {}, { event, end: () => undefined });
}

/** A pod that is gone by now is none of the kubelet's business any more. */
export async function setPodStatus(
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  { metadata }: PodObject,
  phase: string,
  ready: boolean,
): Promise<void> {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: timestampOf(clock.now()) }];
  const at = { namespace: metadata.namespace, name: metadata.name! };
  const patch = { metadata: { uid: metadata.uid }, status: { phase, conditions } };
  await client.patch(Pod, at, 'merge', patch, { subresource: 'status' }).catch(unlessGone);
}

async function endPod(client: Client, { metadata }: PodObject): Promise<void> {
  const at = { namespace: metadata.namespace, name: metadata.name! };
  await client.delete(Pod, at, { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid! } }).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  // Another pod of this name is as good as none.
  const isAnother = error instanceof Error && /uid/i.test(error.message);
  if (!isNotFound(error) && !isAnother) throw error;
}
