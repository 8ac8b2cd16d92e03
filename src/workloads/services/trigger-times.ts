import type { Pod, Service } from '../../api/generated/core/v1.ts';
import { podCondition } from '../../api/pods/pod-state.ts';

/**
 * Tells what moment set off a change of a service's endpoints, for the annotation
 * `endpoints.kubernetes.io/last-change-trigger-time`, by which latencies of the network are measured.
 * Wrong by a little where an object changes twice between two calls. Source: trigger_time_tracker.go
 * in k8s.io/endpointslice/util.
 */
export class TriggerTimes {
  readonly #known = new Map<string, Known>();

  /** A timestamp as in metadata; undefined where nothing that counts has changed since the last call. */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined {
    const before = this.#known.get(key);
    const created = service.metadata.creationTimestamp;
    const podTimes = new Map<string, string>();
    let earliest: string | undefined;
    const consider = (time: string | undefined, last: string | undefined) => {
      if (time !== undefined && (last === undefined || time > last) && (earliest === undefined || time < earliest)) earliest = time;
    };
    for (const pod of pods) {
      const time = podCondition(pod, 'Ready')?.lastTransitionTime;
      if (time === undefined) continue;
      const name = pod.metadata.name ?? '';
      podTimes.set(name, time);
      consider(time, before?.pods.get(name));
    }
    consider(created, before?.service);
    this.#known.set(key, { service: created, pods: podTimes });
    return before ? earliest : created;
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

interface Known {
  readonly service: string | undefined;
  /** By the pod's name. */
  readonly pods: ReadonlyMap<string, string>;
}

export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

/** The annotations with the trigger time set, or taken away where there is none. */
export function withTriggerTime(
  annotations: Readonly<Record<string, string>> | undefined,
  time: string | undefined,
): Readonly<Record<string, string>> {
  const { [triggerTimeAnnotation]: _, ...others } = annotations ?? {};
  return time === undefined ? others : { ...others, [triggerTimeAnnotation]: time };
}
