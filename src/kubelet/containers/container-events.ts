import type { Container, EphemeralContainer, Pod } from '../../api/generated/core/v1.ts';
import { Pod as PodKind } from '../../api/kinds/core/pod.ts';
import { apiVersionOf } from '../../api/meta.ts';
import type { EventRecorder, EventSeverity } from '../../client/event-recorder.ts';

/** Objects from lists come without their type, which an event has to name. */
const typed = (pod: Pod): Pod => ({ ...pod, apiVersion: apiVersionOf(PodKind), kind: PodKind.kind });

export function podEvent(events: EventRecorder, pod: Pod, type: EventSeverity, reason: string, message: string): void {
  events.event(typed(pod), type, reason, message);
}

/** An event about one of the pod's containers: `spec.containers{web}`. */
export function containerEvent(
  events: EventRecorder,
  pod: Pod,
  container: Container | EphemeralContainer,
  type: EventSeverity,
  reason: string,
  message: string,
): void {
  events.event(typed(pod), type, reason, message, { fieldPath: fieldPath(pod, container.name) });
}

function fieldPath({ spec }: Pod, name: string): string {
  if (spec.initContainers?.some((one) => one.name === name)) return `spec.initContainers{${name}}`;
  if (spec.ephemeralContainers?.some((one) => one.name === name)) return `spec.ephemeralContainers{${name}}`;
  return `spec.containers{${name}}`;
}
