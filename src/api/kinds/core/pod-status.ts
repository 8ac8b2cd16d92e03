import type { ContainerState, ContainerStatus, Pod } from '../../generated/core/v1.ts';
import { isRestartableInit } from './pod-resources.ts';

/** What `kubectl get pods` says of a pod (upstream's printPod). */
export interface PodSummary {
  /** Such as `Running`, `Init:0/2`, `CrashLoopBackOff`, `Terminating`. */
  readonly status: string;
  readonly ready: number;
  /** Regular containers and sidecars. */
  readonly total: number;
  readonly restarts: number;
  /** When the last container that has been restarted ended; undefined where none is known. */
  readonly lastRestartMs?: number;
}

export function summarizePod(pod: Pod): PodSummary {
  const { spec, status } = pod;
  const sidecars = new Set((spec.initContainers ?? []).filter(isRestartableInit).map(({ name }) => name));
  const init = summarizeInit(pod, sidecars);
  const isPast = init.reason === undefined || isConditionTrue(pod, 'Initialized');
  const main = isPast ? summarizeMain(status?.containerStatuses ?? []) : undefined;
  const restarts = main ? init.sidecarRestarts + main.restarts : init.restarts;
  return {
    status: shownStatus(pod, main?.reason ?? init.reason ?? phaseReason(pod), main?.hasRunning ?? false),
    ready: init.readySidecars + (main?.ready ?? 0),
    total: (spec.containers ?? []).length + sidecars.size,
    restarts,
    lastRestartMs: main ? latest(init.lastSidecarRestartMs, main.lastRestartMs) : init.lastRestartMs,
  };
}

const isConditionTrue = (pod: Pod, type: string): boolean =>
  (pod.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');

/** What the pod as a whole says of itself, before its containers are asked. */
function phaseReason({ status }: Pod): string {
  const gated = (status?.conditions ?? []).some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  return gated ? 'SchedulingGated' : status?.reason || status?.phase || '';
}

function shownStatus(pod: Pod, reason: string, hasRunning: boolean): string {
  const { phase, reason: podReason } = pod.status ?? {};
  if (pod.metadata.deletionTimestamp) {
    if (podReason === 'NodeLost') return 'Unknown';
    if (phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';
  }
  // One container has ended, and another still runs: the pod is not through.
  if (reason !== 'Completed' || !hasRunning) return reason;
  return isConditionTrue(pod, 'Ready') ? 'Running' : 'NotReady';
}

interface InitSummary {
  /** Why the pod is not initialized; undefined when it is. */
  readonly reason?: string;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly readySidecars: number;
  readonly lastRestartMs?: number;
  readonly lastSidecarRestartMs?: number;
}

/** In order, up to the first that holds the pod up. */
function summarizeInit({ spec, status }: Pod, sidecars: ReadonlySet<string>): InitSummary {
  const statuses = status?.initContainerStatuses ?? [];
  const count = spec.initContainers?.length ?? 0;
  const heldUpAt = statuses.findIndex((one) => !isDone(one, sidecars));
  const seen = heldUpAt < 0 ? statuses : statuses.slice(0, heldUpAt + 1);
  const seenSidecars = seen.filter(({ name }) => sidecars.has(name));
  return {
    ...(heldUpAt >= 0 && { reason: initReason(statuses[heldUpAt]!, heldUpAt, count) }),
    restarts: sumOfRestarts(seen),
    sidecarRestarts: sumOfRestarts(seenSidecars),
    readySidecars: seenSidecars.filter((one) => one.started && one.ready && !exitedWell(one.state)).length,
    lastRestartMs: lastRestart(seen),
    lastSidecarRestartMs: lastRestart(seenSidecars),
  };
}

const exitedWell = (state: ContainerState | undefined): boolean => state?.terminated?.exitCode === 0;
const isDone = (status: ContainerStatus, sidecars: ReadonlySet<string>): boolean =>
  exitedWell(status.state) || (sidecars.has(status.name) && (status.started ?? false));

function initReason({ state }: ContainerStatus, index: number, count: number): string {
  if (state?.terminated) return `Init:${terminatedReason(state.terminated)}`;
  const waiting = state?.waiting?.reason;
  return waiting && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${count}`;
}

function terminatedReason({ reason, signal, exitCode }: NonNullable<ContainerState['terminated']>): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

interface MainSummary {
  readonly reason?: string;
  readonly ready: number;
  readonly hasRunning: boolean;
  readonly restarts: number;
  readonly lastRestartMs?: number;
}

/** The first container that waits or has ended gives the reason. */
function summarizeMain(statuses: readonly ContainerStatus[]): MainSummary {
  const reasons = statuses.map(({ state }) => state?.waiting?.reason || (state?.terminated && terminatedReason(state.terminated)));
  const running = statuses.filter((one, i) => !reasons[i] && one.ready && one.state?.running);
  return {
    reason: reasons.find((reason) => reason),
    ready: running.length,
    hasRunning: running.length > 0,
    restarts: sumOfRestarts(statuses),
    lastRestartMs: lastRestart(statuses),
  };
}

const sumOfRestarts = (statuses: readonly ContainerStatus[]): number => statuses.reduce((sum, one) => sum + (one.restartCount ?? 0), 0);

function lastRestart(statuses: readonly ContainerStatus[]): number | undefined {
  const ends = statuses.map(({ lastState }) => lastState?.terminated?.finishedAt).filter((at) => at !== undefined);
  return latest(...ends.map((at) => Date.parse(at)));
}

function latest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time): time is number => time !== undefined && !Number.isNaN(time));
  return known.length === 0 ? undefined : Math.max(...known);
}
