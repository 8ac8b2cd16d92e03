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
    const created = service.metadata.creationTimestamp;
    const known = this.#known.get(key);
    const podTimes = known?.podTimes ?? new Map<string, string>();
    let earliest: string | undefined;
    for (const pod of pods) {
      const time = podCondition(pod, 'Ready')?.lastTransitionTime;
      const last = podTimes.get(pod.metadata.name!);
      if (time === undefined || time === last) continue;
      podTimes.set(pod.metadata.name!, time);
      if (last === undefined || time > last) earliest = earlier(earliest, time);
    }
    if (podTimes.size > pods.length) forgetOthers(podTimes, pods);
    if (created !== undefined && created > (known?.created ?? '')) earliest = earlier(earliest, created);
    this.#known.set(key, { created, podTimes });
    return known ? earliest : created;
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

interface Known {
  readonly created: string | undefined;
  /** By the pod's name: when it last became ready or unready. */
  readonly podTimes: Map<string, string>;
}

const earlier = (one: string | undefined, other: string): string => (one === undefined || other < one ? other : one);

function forgetOthers(podTimes: Map<string, string>, pods: readonly Pod[]): void {
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  for (const name of podTimes.keys()) if (!names.has(name)) podTimes.delete(name);
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
