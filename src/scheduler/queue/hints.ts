import type { Pod } from '../../api/generated/core/v1.ts';
import type { ClusterEvent, EventInterest } from '../framework.ts';
import type { QueuedPod } from './queued-pod.ts';

/** Plugins by name, with the events that each has asked for; one that is not here has asked for none in particular, and is helped by any. */
export type Interests = ReadonlyMap<string, readonly EventInterest[]>;

/** Whether an event brings a pod back, and whether it is left alone for a while first. */
export type Return = 'no' | 'afterBackoff' | 'now';

/** Asks those plugins that turned the pod away. Source: kube-scheduler's isPodWorthRequeuing. */
export function returnOn(event: ClusterEvent, queued: QueuedPod, interests: Interests): Return {
  const { unschedulablePlugins, pendingPlugins, gatedBy } = queued;
  if (gatedBy !== undefined && !asksFor(interests.get(gatedBy), event)) return 'no';
  if (unschedulablePlugins.size + pendingPlugins.size === 0) return 'afterBackoff';
  for (const plugin of pendingPlugins) if (helps(interests.get(plugin), queued, event)) return 'now';
  for (const plugin of unschedulablePlugins) if (helps(interests.get(plugin), queued, event)) return 'afterBackoff';
  return 'no';
}

const asksFor = (interests: readonly EventInterest[] | undefined, { kind }: ClusterEvent): boolean =>
  interests?.some((interest) => interest.kind === kind) ?? true;

const helps = (interests: readonly EventInterest[] | undefined, { info }: QueuedPod, event: ClusterEvent): boolean =>
  interests?.some((interest) => interest.kind === event.kind && hinted(interest, info.pod, event)) ?? true;

/** A hint that fails is none: rather once too often than never. */
function hinted({ helps: hint }: EventInterest, pod: Pod, event: ClusterEvent): boolean {
  try {
    return hint?.(pod, event) ?? true;
  } catch {
    return true;
  }
}
