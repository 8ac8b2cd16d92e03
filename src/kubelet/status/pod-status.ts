import { qosClass } from '../../api/kinds/core/pod-resources.ts';
import type { Container, ContainerStatus, Pod, PodStatus } from '../../api/generated/core/v1.ts';
import { readySandbox, sandboxNeed, type PodView } from '../pods/pod-view.ts';
import type { PendingResize } from '../pods/resize-grant.ts';
import { containerStatuses, type StartFailure } from './container-statuses.ts';
import { kubeletConditions, podConditions, resizeConditions } from './conditions.ts';
import { podPhase } from './phase.ts';
import { timestampOf as timestamp } from '../../api/timestamps.ts';

/** What the probes say of a pod's containers. */
export interface Readiness {
  /** `started` and `ready` of a container, given its status from the runtime. */
  of(container: Container, status: ContainerStatus, isInit: boolean): { readonly started: boolean; readonly ready: boolean };
}

export interface PodStatusInput {
  readonly pod: Pod;
  readonly view: PodView;
  /** The status reported last. */
  readonly before: PodStatus;
  readonly failures: ReadonlyMap<string, StartFailure>;
  readonly readiness: Readiness;
  readonly runtimeName: string;
  readonly hostIps: readonly string[];
  readonly nowMs: number;
  /** New resources that the node does not grant yet. */
  readonly pendingResize?: PendingResize;
  /** The generation of the spec whose resources are being given to the containers. */
  readonly resizing?: number;
  /** Nothing of the pod runs or will run. */
  readonly ended: boolean;
  /** Why the pod has to end: eviction, deadline. */
  readonly verdict?: { readonly reason: string; readonly message: string };
}

/** The status that follows from what the runtime has of the pod. Source: pkg/kubelet generateAPIPodStatus. */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, view, before, readiness, verdict, ended } = input;
  const { spec, metadata } = pod;
  const complete = (containers: readonly Container[], isInit: boolean, old: readonly ContainerStatus[] = []) =>
    containerStatuses(containers, isInit, { ...input, before: old }).map((status, at) => ({
      ...status,
      ...readiness.of(containers[at]!, status, isInit),
    }));
  const init = complete(spec.initContainers ?? [], true, before.initContainerStatuses);
  const main = complete(spec.containers, false, before.containerStatuses).sort(byName);
  const ephemeral = containerStatuses(spec.ephemeralContainers ?? [], false, { ...input, before: before.ephemeralContainerStatuses ?? [] });
  const phase = phaseOf(input, [...init, ...main]);
  const conditions = [
    ...resizeConditions(input),
    ...podConditions({
      pod,
      phase,
      statuses: [...init, ...main],
      sandboxReady: !sandboxNeed(pod, view).create,
      others: (pod.status.conditions ?? []).filter(({ type }) => !kubeletConditions.has(type)),
    }),
  ];
  const reasons = verdict ?? (ended ? { reason: before.reason, message: before.message } : {});
  return {
    phase,
    conditions: withTimes(conditions, before, input.nowMs),
    ...(reasons.reason && { reason: reasons.reason }),
    ...(reasons.message && { message: reasons.message }),
    ...addresses(input),
    startTime: before.startTime ?? timestamp(input.nowMs),
    qosClass: pod.status.qosClass ?? qosClass(spec),
    ...(metadata.generation !== undefined && { observedGeneration: metadata.generation }),
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: main,
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
  };
}

/** The containers have said all that they will: the pod is to be wound up. */
export function isOver(pod: Pod, status: PodStatus): boolean {
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const phases = [status.phase, podPhase(pod, statuses, false)];
  return phases.includes('Succeeded') || phases.includes('Failed');
}

const byName = (a: ContainerStatus, b: ContainerStatus): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** A pod that has ended stays so; one that has to end is not ended before its containers are. */
function phaseOf({ pod, before, ended, verdict }: PodStatusInput, statuses: readonly ContainerStatus[]): NonNullable<PodStatus['phase']> {
  const old = before.phase;
  if (old === 'Succeeded' || old === 'Failed') return old;
  if (verdict && ended) return 'Failed';
  const phase = podPhase(pod, statuses, ended);
  const finished = phase === 'Succeeded' || phase === 'Failed';
  if (ended) return finished ? phase : 'Failed';
  const alive = statuses.some(({ state }) => state?.running);
  return finished && alive ? (old ?? 'Running') : phase;
}

function addresses({ pod, view, hostIps, before }: PodStatusInput): Partial<PodStatus> {
  const hosts = hostIps.length > 0 ? { hostIP: hostIps[0]!, hostIPs: hostIps.map((ip) => ({ ip })) } : {};
  const ips = pod.spec.hostNetwork ? hostIps : (readySandbox(view)?.ips ?? []);
  if (ips.length > 0) return { ...hosts, podIP: ips[0]!, podIPs: ips.map((ip) => ({ ip })) };
  // An ended pod's last address stays where it was.
  return { ...hosts, ...(before.podIP && { podIP: before.podIP, podIPs: before.podIPs ?? [{ ip: before.podIP }] }) };
}

/** A condition that says the same as before has said so since then. */
export function withTimes(conditions: NonNullable<PodStatus['conditions']>, before: PodStatus, nowMs: number) {
  const now = timestamp(nowMs);
  return conditions.map((condition) => {
    const old = before.conditions?.find(({ type }) => type === condition.type);
    const since = old?.status === condition.status ? old.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: since ?? now };
  });
}
