import type { QueuedPod } from './queued-pod.ts';

export interface Backoff {
  /** `podInitialBackoffSeconds`. */
  readonly initialMs: number;
  /** `podMaxBackoffSeconds`. */
  readonly maxMs: number;
}

/** How long a pod is left alone after its last try: doubled with each failure, errors counted for themselves. */
export function backoffMs({ unschedulable, errors }: Pick<QueuedPod, 'unschedulable' | 'errors'>, { initialMs, maxMs }: Backoff): number {
  const failures = errors > 0 ? errors : unschedulable;
  return failures === 0 ? 0 : Math.min(initialMs * 2 ** (failures - 1), maxMs);
}

export const backoffEndsMs = (pod: QueuedPod, backoff: Backoff): number => pod.sinceMs + backoffMs(pod, backoff);
