import type { Container, ContainerState, ContainerStatus, Pod } from '../../api/generated/core/v1.ts';
import type { ContainerStatus as RuntimeContainerStatus } from '../../runtime/cri.ts';
import { isSidecar, type PodView } from '../pods/pod-view.ts';
import { restartsAfter, willStart } from '../pods/restart-policy.ts';
import { timestampOf as timestamp } from '../../api/timestamps.ts';

/** Why a container could not be started: `reason` as it stands in `state.waiting`, `ErrImagePull`. */
export interface StartFailure {
  readonly reason: string;
  readonly message: string;
  /** Not tried again before then (the clock's monotonic time). */
  readonly dueMs: number;
}

export interface ContainerStatusesInput {
  readonly pod: Pod;
  readonly view: PodView;
  /** What was reported before, for what the runtime no longer knows. */
  readonly before: readonly ContainerStatus[];
  readonly failures: ReadonlyMap<string, StartFailure>;
  /** `containerd`: of `containerID`. */
  readonly runtimeName: string;
  /** Nothing will be started any more: what is not there has ended. */
  readonly ended: boolean;
  readonly nowMs: number;
}

/** Without `ready` and `started`, which the probes tell. Source: pkg/kubelet convertToAPIContainerStatuses. */
export function containerStatuses(containers: readonly Container[], isInit: boolean, input: ContainerStatusesInput): ContainerStatus[] {
  const hasInit = (input.pod.spec.initContainers?.length ?? 0) > 0;
  const idle = hasInit ? 'PodInitializing' : 'ContainerCreating';
  return containers.map((container) => statusOf(container, isInit, idle, input));
}

function statusOf(container: Container, isInit: boolean, idle: string, input: ContainerStatusesInput): ContainerStatus {
  const { pod, view, before, failures, runtimeName, ended } = input;
  const [latest, previous] = view.containers.filter(({ metadata }) => metadata.name === container.name);
  const old = before.find(({ name }) => name === container.name);
  const status = latest ? fromRuntime(container, latest, previous, runtimeName, idle) : unseen(container, idle, old, input);
  const done = isInit && latest?.state === 'Exited' && latest.exitCode === 0 && !isSidecar(container);
  const failure = failures.get(container.name);
  if (!failure || done || ended || !willStart(container, pod, view)) return lastKept(status, old);
  const { reason, message } = failure;
  return lastKept(
    {
      ...status,
      ...(status.state?.terminated && { lastState: status.state }),
      state: { waiting: { reason, ...(message !== '' && { message }) } },
    },
    old,
  );
}

/** What the runtime has cleaned up is remembered. */
function lastKept(status: ContainerStatus, old: ContainerStatus | undefined): ContainerStatus {
  if (status.lastState?.terminated || !old || status.restartCount === 0) return status;
  if (old.restartCount === status.restartCount) return old.lastState?.terminated ? { ...status, lastState: old.lastState } : status;
  return old.state?.terminated ? { ...status, lastState: old.state } : status;
}

function fromRuntime(
  container: Container,
  latest: RuntimeContainerStatus,
  previous: RuntimeContainerStatus | undefined,
  runtimeName: string,
  idle: string,
): ContainerStatus {
  return {
    name: container.name,
    state: stateOf(latest, runtimeName, idle),
    lastState: previous?.state === 'Exited' ? stateOf(previous, runtimeName, idle) : {},
    ready: false,
    restartCount: latest.metadata.attempt,
    image: latest.image,
    imageID: latest.imageRef,
    containerID: `${runtimeName}://${latest.id}`,
    started: false,
    ...allocated(container),
    ...mounts(container),
  };
}

function stateOf(status: RuntimeContainerStatus, runtimeName: string, idle: string): ContainerState {
  const { state, startedAtMs, finishedAtMs, exitCode, reason, message, id } = status;
  if (state === 'Running') return { running: { startedAt: timestamp(startedAtMs) } };
  if (state !== 'Exited') return { waiting: { reason: idle } };
  return {
    terminated: {
      exitCode,
      reason: reason || (exitCode === 0 ? 'Completed' : 'Error'),
      ...(message !== '' && { message }),
      startedAt: timestamp(startedAtMs || finishedAtMs),
      finishedAt: timestamp(finishedAtMs),
      containerID: `${runtimeName}://${id}`,
    },
  };
}

/** A container that the runtime does not know: it was never made, or has been cleaned up, or got lost with the node's last run. */
function unseen(container: Container, idle: string, old: ContainerStatus | undefined, { pod, ended, nowMs }: ContainerStatusesInput) {
  const blank: ContainerStatus = {
    name: container.name,
    state: { waiting: { reason: idle } },
    lastState: {},
    ready: false,
    restartCount: old?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: '',
    started: false,
    ...allocated(container),
    ...mounts(container),
  };
  if (!old) return blank;
  if (old.state?.terminated) return { ...old, ready: false, started: false };
  if (!old.state?.running) return ended || !old.state?.waiting ? blank : { ...old, ready: false, started: false, state: blank.state! };
  const lost = lostState(old, nowMs);
  const isOver = ended || isEphemeral(container, pod) || !restartsAfter(container, pod, lost.terminated!.exitCode);
  return isOver ? { ...old, ready: false, started: false, state: lost } : { ...blank, restartCount: old.restartCount + 1, lastState: lost };
}

/** As a container runtime tells it of what ran when the machine went down: it has no exit code, and the end is when it was noticed. */
const lostState = ({ state, containerID }: ContainerStatus, nowMs: number): ContainerState => ({
  terminated: {
    exitCode: 255,
    reason: 'Unknown',
    ...(state?.running?.startedAt && { startedAt: state.running.startedAt }),
    finishedAt: timestamp(nowMs),
    ...(containerID && { containerID }),
  },
});

const isEphemeral = ({ name }: Container, { spec }: Pod): boolean => spec.ephemeralContainers?.some((each) => each.name === name) ?? false;

/** What the pod may use, as the node has granted it: what its spec says. */
function allocated({ resources = {} }: Container): Pick<ContainerStatus, 'allocatedResources' | 'resources'> {
  const { requests, limits } = resources;
  return {
    ...(requests && Object.keys(requests).length > 0 && { allocatedResources: requests }),
    resources: { ...(limits && { limits }), ...(requests && { requests }) },
  };
}

function mounts({ volumeMounts = [] }: Container): Pick<ContainerStatus, 'volumeMounts'> {
  if (volumeMounts.length === 0) return {};
  return {
    volumeMounts: volumeMounts.map(({ name, mountPath, readOnly }) => ({
      name,
      mountPath,
      ...(readOnly && { readOnly, recursiveReadOnly: 'Disabled' }),
    })),
  };
}
