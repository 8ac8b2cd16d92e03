import { FileError } from '../../machine/files.ts';
import type { ContainerStatus } from '../../runtime/cri.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { readPod, type PodView } from './pod-view.ts';

type Parts = Pick<KubeletParts, 'runtime' | 'files'>;

/** Ended containers that nobody asks for any more: of each name the last one is kept, for `logs --previous`. */
export async function removeOldContainers(parts: Parts, view: PodView): Promise<void> {
  const kept = new Map<string, number>();
  for (const status of view.containers) {
    const { name } = status.metadata;
    const before = kept.get(name) ?? 0;
    kept.set(name, before + 1);
    if (before >= 2 && status.state === 'Exited') await removeContainer(parts, status);
  }
}

/** Sandboxes that a newer one has replaced, without containers of theirs. */
export async function removeOldSandboxes({ runtime }: Parts, { sandboxes, containers }: PodView): Promise<void> {
  for (const { id, state } of sandboxes.slice(1)) {
    if (containers.some(({ sandboxId }) => sandboxId === id)) continue;
    if (state === 'Ready') await runtime.stopPodSandbox(id);
    await runtime.removePodSandbox(id);
  }
}

/** Takes away all that is left of a pod that has ended: containers, sandboxes, logs. */
export async function removePod(parts: Parts, podUid: string): Promise<void> {
  const { sandboxes, containers } = await readPod(parts.runtime, podUid);
  for (const status of containers) await removeContainer(parts, status);
  for (const { id } of sandboxes) {
    await parts.runtime.stopPodSandbox(id);
    await parts.runtime.removePodSandbox(id);
  }
}

/** Ends and takes away what runs of a pod of which nobody knows any more. */
export async function removeOrphan(parts: Parts, podUid: string): Promise<void> {
  const { containers } = await readPod(parts.runtime, podUid);
  const graceOf = ({ annotations }: ContainerStatus) => Number(annotations['io.kubernetes.pod.terminationGracePeriod'] ?? 30);
  const running = containers.filter(({ state }) => state === 'Running');
  await Promise.all(running.map((status) => parts.runtime.stopContainer(status.id, graceOf(status))));
  await removePod(parts, podUid);
}

export async function removeContainer({ runtime, files }: Parts, { id, logPath }: ContainerStatus): Promise<void> {
  await runtime.removeContainer(id);
  try {
    await files.remove(logPath);
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== 'ENOENT') throw error;
  }
}
