import { isRestartableInit } from '../../api/kinds/core/pod-resources.ts';
import type { Container, Pod } from '../../api/generated/core/v1.ts';
import type { ContainerRuntime, ContainerStatus, PodSandboxStatus } from '../../runtime/cri.ts';

/** What the runtime has of a pod, newest first (the kubelet's internal PodStatus). */
export interface PodView {
  readonly sandboxes: readonly PodSandboxStatus[];
  readonly containers: readonly ContainerStatus[];
}

export async function readPod(runtime: ContainerRuntime, podUid: string): Promise<PodView> {
  const [sandboxes, containers] = await Promise.all([runtime.listPodSandbox({ podUid }), runtime.listContainers({ podUid })]);
  return {
    sandboxes: [...sandboxes].sort((a, b) => b.metadata.attempt - a.metadata.attempt || b.createdAtMs - a.createdAtMs),
    containers: [...containers].sort((a, b) => b.metadata.attempt - a.metadata.attempt || b.createdAtMs - a.createdAtMs),
  };
}

export const latestOf = ({ containers }: PodView, name: string): ContainerStatus | undefined =>
  containers.find(({ metadata }) => metadata.name === name);

/** The newest one that has ended, which may stand behind one that runs. */
export const latestEndedOf = ({ containers }: PodView, name: string): ContainerStatus | undefined =>
  containers.find(({ metadata, state }) => metadata.name === name && state === 'Exited');

export const runningContainers = ({ containers }: PodView): ContainerStatus[] => containers.filter(({ state }) => state === 'Running');

/** Whether a sandbox has to be made, and the attempt's number if so. Source: kuberuntime's PodSandboxChanged. */
export function sandboxNeed(pod: Pod, { sandboxes }: PodView): { readonly create: boolean; readonly attempt: number; readonly id: string } {
  const [latest] = sandboxes;
  if (!latest) return { create: true, attempt: 0, id: '' };
  const { id, state, ips, metadata } = latest;
  const readyCount = sandboxes.filter((one) => one.state === 'Ready').length;
  const usable = state === 'Ready' && readyCount === 1 && (pod.spec.hostNetwork === true || ips.length > 0);
  return usable ? { create: false, attempt: metadata.attempt, id } : { create: true, attempt: metadata.attempt + 1, id };
}

/** The sandbox whose addresses the pod has now. */
export const readySandbox = ({ sandboxes }: PodView): PodSandboxStatus | undefined => sandboxes.find(({ state }) => state === 'Ready');

export const isSidecar = (container: Container): boolean => isRestartableInit(container);
