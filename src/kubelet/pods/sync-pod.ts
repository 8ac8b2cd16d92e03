import type { Container, Pod, PodStatus } from '../../api/generated/core/v1.ts';
import { sandboxConfig } from '../containers/container-config.ts';
import { podEvent } from '../containers/container-events.ts';
import type { PodAddresses } from '../containers/downward.ts';
import { killContainer } from '../containers/kill-container.ts';
import { StartError } from '../containers/start-error.ts';
import { startContainer } from '../containers/start-container.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import type { StartFailure } from '../status/container-statuses.ts';
import { removeContainer } from './clean-up.ts';
import { killPodContainers } from './kill-pod.ts';
import type { PodActions } from './pod-actions.ts';
import { isSidecar, type PodView } from './pod-view.ts';

export interface SyncInput {
  readonly pod: Pod;
  readonly view: PodView;
  readonly actions: PodActions;
  /** The status reported last: restarts that the runtime has forgotten are counted there. */
  readonly before: PodStatus;
  readonly volumePaths: ReadonlyMap<string, string>;
  readonly hostIps: readonly string[];
  /** Where to note why containers did not start; those that did are taken out. */
  readonly failures: Map<string, StartFailure>;
  /** The pod has a sandbox with an address. */
  readonly sandboxReady: () => Promise<void>;
  /** Aborts when the pod is to end: nothing more is started. */
  readonly signal: AbortSignal;
}

const sandboxRetryMs = 10_000;

/**
 * Does what has to be done. Resolves to after how long something should be tried again; undefined for
 * not before an event. Source: kuberuntime SyncPod.
 */
export async function syncPod(parts: KubeletParts, input: SyncInput): Promise<number | undefined> {
  const { actions, signal } = input;
  if (actions.restartAll) return restartAll(parts, input);
  await endWhatMust(parts, input);
  if (signal.aborted || (actions.killPod && !actions.createSandbox)) return undefined;
  const sandbox = await sandboxFor(parts, input);
  if (sandbox === undefined) return sandboxRetryMs;
  if (actions.createSandbox) await input.sandboxReady();
  return startAll(parts, input, sandbox);
}

async function endWhatMust(parts: KubeletParts, { pod, view, actions, signal }: SyncInput): Promise<void> {
  const podIp = view.sandboxes[0]?.ips[0] ?? '';
  if (!actions.killPod) {
    await Promise.all(actions.kill.map((kill) => killContainer(parts, { ...kill, pod, podIp, signal })));
    return;
  }
  if (actions.createSandbox && actions.sandboxId !== '') {
    podEvent(parts.events, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
  }
  await killPodContainers(parts, pod, view, { signal });
  if (!signal.aborted) for (const { id, state } of view.sandboxes) if (state === 'Ready') await parts.runtime.stopPodSandbox(id);
}

interface Sandbox {
  readonly id: string;
  readonly addresses: PodAddresses;
}

async function sandboxFor(parts: KubeletParts, { pod, view, actions, hostIps }: SyncInput): Promise<Sandbox | undefined> {
  let { sandboxId: id } = actions;
  let ips = view.sandboxes[0]?.ips ?? [];
  if (actions.createSandbox) {
    try {
      id = await parts.runtime.runPodSandbox(sandboxConfig(pod, actions.attempt));
      ({ ips } = await parts.runtime.podSandboxStatus(id));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      podEvent(parts.events, pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${why}`);
      return undefined;
    }
  }
  return { id, addresses: { podIps: pod.spec.hostNetwork ? hostIps : ips, hostIps } };
}

/** In order: what is started tells of its failure, and others are tried all the same; init containers wait for those before them. */
async function startAll(parts: KubeletParts, input: SyncInput, { id, addresses }: Sandbox): Promise<number | undefined> {
  const { pod, view, actions, before, volumePaths, failures, signal } = input;
  let retryMs: number | undefined;
  const retryIn = (ms: number) => (retryMs = Math.min(retryMs ?? Infinity, ms));
  const start = async (container: Container): Promise<boolean> => {
    const { clock } = parts.env;
    const leftMs = (failures.get(container.name)?.dueMs ?? 0) - clock.monotonic();
    if (leftMs > 0) {
      retryIn(leftMs);
      return false;
    }
    try {
      await startContainer(parts, {
        pod,
        container,
        view,
        sandboxId: id,
        sandbox: sandboxConfig(pod, actions.attempt),
        place: { addresses, volumePaths },
        knownAttempts: knownAttempts(before, container.name),
        signal,
      });
      failures.delete(container.name);
      return true;
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      const { reason, message, retryAfterMs } = error;
      failures.set(container.name, { reason, message, dueMs: clock.monotonic() + retryAfterMs });
      retryIn(retryAfterMs);
      return false;
    }
  };
  for (const container of actions.startEphemeral) if (!signal.aborted) await start(container);
  for (const container of actions.startInit) {
    if (signal.aborted) return undefined;
    if (!(await start(container)) && !isSidecar(container)) return retryMs;
  }
  for (const container of actions.start) if (!signal.aborted) await start(container);
  return retryMs;
}

/** How often a container was made already, of which the runtime has forgotten all. */
function knownAttempts({ containerStatuses = [], initContainerStatuses = [] }: PodStatus, name: string): number {
  const old = [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name);
  return old?.containerID ? old.restartCount + 1 : (old?.restartCount ?? 0);
}

/** The pod begins anew in the sandbox it has: its containers' counts go on, and nothing else is left of them. */
async function restartAll(parts: KubeletParts, { pod, view, signal, failures }: SyncInput): Promise<number> {
  await killPodContainers(parts, pod, view, { signal });
  if (!signal.aborted) for (const status of view.containers) await removeContainer(parts, status);
  failures.clear();
  return 0;
}
