import { badRequest, type ApiError } from '../../api/errors.ts';
import type { Pod, PodStatus } from '../../api/generated/core/v1.ts';

/**
 * The container, as the runtime knows it, whose log is meant. Throws a 400 that says why there is none
 * (yet). Source: pkg/kubelet validateContainerLogStatus.
 */
export function logContainerId(pod: Pod, status: PodStatus, name: string, previous: boolean): string {
  const podName = pod.metadata.name ?? '';
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? []), ...(status.ephemeralContainerStatuses ?? [])];
  const found = all.find((one) => one.name === name);
  const refusal = (what: string): ApiError => badRequest(`container "${name}" in pod "${podName}" ${what}`);
  if (!found) throw refusal('is not available');
  const { state = {}, lastState = {}, containerID = '' } = found;
  const lastId = lastState.terminated?.containerID ?? '';
  if (previous) {
    if (lastId === '') throw badRequest(`previous terminated container "${name}" in pod "${podName}" not found`);
    return bare(lastId);
  }
  if (state.running) return bare(containerID);
  const ended = state.terminated;
  if (ended || lastState.terminated) {
    const id = ended?.containerID || lastId;
    if (id === '') throw refusal('is terminated');
    return bare(id);
  }
  throw refusal(whyWaiting(state.waiting?.reason));
}

function whyWaiting(reason: string | undefined): string {
  if (reason === 'ErrImagePull') return "is waiting to start: image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'is waiting to start: trying and failing to pull image';
  return reason ? `is waiting to start: ${reason}` : 'is waiting to start - no logs yet';
}

/** Without the runtime's name before it. */
const bare = (containerId: string): string => containerId.slice(containerId.indexOf('://') + 3);
