import type { Container, Pod } from '../../api/generated/core/v1.ts';
import type { ContainerStatus } from '../../runtime/cri.ts';
import { killContainer } from '../containers/kill-container.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { isSidecar, readySandbox, runningContainers, type PodView } from './pod-view.ts';

export interface KillPodOptions {
  /** In place of what the pod says. */
  readonly graceSeconds?: number;
  /** Aborts when the grace period has been cut short: what is under way is given up. */
  readonly signal: AbortSignal;
}

/**
 * Ends all that runs of a pod: containers at once, sidecars after those they serve, in the reverse of
 * their order. Resolves when all have ended. Source: kuberuntime killContainersWithSyncResult.
 */
export async function killPodContainers(
  parts: KubeletParts,
  pod: Pod,
  view: PodView,
  { graceSeconds, signal }: KillPodOptions,
): Promise<void> {
  const podIp = readySandbox(view)?.ips[0] ?? '';
  const kill = (status: ContainerStatus, container: Container, turn?: Promise<unknown>) =>
    killContainer(parts, {
      pod,
      container,
      id: status.id,
      podIp,
      signal,
      ...(graceSeconds !== undefined && { graceSeconds }),
      ...(turn && { turn }),
    });
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar);
  const running = runningContainers(view);
  const killing = running
    .filter(({ metadata }) => !sidecars.some(({ name }) => name === metadata.name))
    .map((status) => kill(status, specOf(pod, status.metadata.name)));
  for (const sidecar of [...sidecars].reverse())
    for (const status of running)
      if (status.metadata.name === sidecar.name) killing.push(kill(status, sidecar, Promise.allSettled(killing)));
  await Promise.all(killing);
}

/** A container that the pod no longer speaks of ends like one without hooks. */
function specOf({ spec }: Pod, name: string): Container {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  return [...containers, ...initContainers, ...ephemeralContainers].find((one) => one.name === name) ?? { name };
}
