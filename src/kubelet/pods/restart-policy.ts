import type { Container, ContainerRestartRule, Pod } from '../../api/generated/core/v1.ts';
import { latestOf, type PodView } from './pod-view.ts';

/** Whether a container that is not running is to be started (again). Source: pkg/kubelet/container ShouldContainerBeRestarted. */
export function willStart(container: Container, pod: Pod, view: PodView): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const status = latestOf(view, container.name);
  if (!status) return true;
  if (status.state === 'Running') return false;
  if (status.state !== 'Exited') return true;
  return restartsAfter(container, pod, status.exitCode);
}

/** Whether a container that ended with that code is restarted: by its own rules, its own policy, or the pod's. */
export function restartsAfter(container: Container, { spec }: Pod, exitCode: number): boolean {
  if (matchingRule(container, exitCode)) return true;
  const policy = container.restartPolicy ?? spec.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** A failed init container ends the pod, or is tried again: `Always` is `OnFailure` for what has to succeed once. */
export function initRestartsAfterFailure(container: Container, { spec }: Pod, exitCode: number): boolean {
  return matchingRule(container, exitCode) !== undefined || (container.restartPolicy ?? spec.restartPolicy) !== 'Never';
}

/** The first of the container's rules that speaks of the exit code (KEP-5307). */
export function matchingRule({ restartPolicyRules = [] }: Container, exitCode: number): ContainerRestartRule | undefined {
  return restartPolicyRules.find(({ exitCodes }) => {
    const named = exitCodes?.values?.includes(exitCode) ?? false;
    return exitCodes?.operator === 'In' ? named : exitCodes?.operator === 'NotIn' && !named;
  });
}

/** A container's end that starts the whole pod over, in the sandbox it has. */
export function restartsAll(pod: Pod, view: PodView): boolean {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some((container) => {
    const status = latestOf(view, container.name);
    return status?.state === 'Exited' && matchingRule(container, status.exitCode)?.action === 'RestartAllContainers';
  });
}
