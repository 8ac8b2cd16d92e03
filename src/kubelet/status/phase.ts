import type { ContainerStatus, Pod, PodSpec, PodStatus } from '../../api/generated/core/v1.ts';
import { isSidecar } from '../pods/pod-view.ts';
import { initRestartsAfterFailure, restartsAfter } from '../pods/restart-policy.ts';

export type PodPhase = NonNullable<PodStatus['phase']>;

/**
 * The phase that follows from the containers' statuses. `ended`: nothing will be restarted any more,
 * whatever the restart policy says. Source: pkg/kubelet getPhase.
 */
export function podPhase(pod: Pod, statuses: readonly ContainerStatus[], ended: boolean): PodPhase {
  const byName = new Map(statuses.map((status) => [status.name, status]));
  const init = countInit(pod, byName);
  if (init.failedForGood) return 'Failed';
  const { running, waiting, stopped, succeeded, unknown } = countMain(pod.spec, byName, init);
  const initializing = init.pending > 0 || (init.pendingSidecars > 0 && !hasStarted(pod.spec, byName));
  if (initializing || waiting > 0) return 'Pending';
  if (running > 0 && unknown === 0) return 'Running';
  if (running > 0 || stopped === 0 || unknown > 0) return 'Pending';
  if (ended) return stopped === succeeded ? 'Succeeded' : 'Failed';
  if (restarting(pod, byName)) return 'Running';
  return stopped === succeeded ? 'Succeeded' : 'Failed';
}

interface InitCounts {
  readonly failedForGood: boolean;
  readonly pending: number;
  readonly pendingSidecars: number;
  readonly running: number;
  readonly waiting: number;
  readonly unknown: number;
}

function countInit(pod: Pod, byName: ReadonlyMap<string, ContainerStatus>): InitCounts {
  const counts = { failedForGood: false, pending: 0, pendingSidecars: 0, running: 0, waiting: 0, unknown: 0 };
  for (const container of pod.spec.initContainers ?? []) {
    const status = byName.get(container.name);
    const { running, terminated, waiting } = status?.state ?? {};
    const before = waiting && status?.lastState?.terminated;
    if (isSidecar(container)) {
      if (!status) counts.unknown++;
      else if (running) {
        counts.running++;
        if (!status.started) counts.pendingSidecars++;
      } else if (!terminated && !before) {
        counts.pendingSidecars++;
        if (waiting) counts.waiting++;
        else counts.unknown++;
      }
      continue;
    }
    const ended = terminated ?? before;
    if (!ended) counts.pending++;
    else if (ended.exitCode !== 0 && !initRestartsAfterFailure(container, pod, ended.exitCode)) counts.failedForGood = true;
  }
  return counts;
}

function countMain({ containers }: PodSpec, byName: ReadonlyMap<string, ContainerStatus>, { running, waiting, unknown }: InitCounts) {
  const counts = { running, waiting, unknown, stopped: 0, succeeded: 0 };
  for (const { name } of containers) {
    const status = byName.get(name);
    const { running: runs, terminated, waiting: waits } = status?.state ?? {};
    if (runs) counts.running++;
    else if (terminated) {
      counts.stopped++;
      if (terminated.exitCode === 0) counts.succeeded++;
    } else if (waits && status?.lastState?.terminated) counts.stopped++;
    else if (waits) counts.waiting++;
    else counts.unknown++;
  }
  return counts;
}

/** Some container beside the init containers runs, or has run: the pod was initialized then. */
export const hasStarted = ({ containers }: PodSpec, byName: ReadonlyMap<string, ContainerStatus>): boolean =>
  containers.some(({ name }) => {
    const { state, lastState } = byName.get(name) ?? {};
    return state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined;
  });

/** All have ended, but some will be started again. */
const restarting = (pod: Pod, byName: ReadonlyMap<string, ContainerStatus>): boolean =>
  pod.spec.containers.some((container) => {
    const { state, lastState } = byName.get(container.name) ?? {};
    const ended = state?.terminated ?? lastState?.terminated;
    return ended !== undefined && restartsAfter(container, pod, ended.exitCode);
  });
