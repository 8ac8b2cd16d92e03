import type { Container, Pod } from '../../api/generated/core/v1.ts';
import type { PodSandboxConfig } from '../../runtime/cri.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { latestEndedOf, latestOf, type PodView } from '../pods/pod-view.ts';
import { containerConfig, type ContainerPlace } from './container-config.ts';
import { containerEvent } from './container-events.ts';
import { durationText } from './duration-text.ts';
import { killContainer } from './kill-container.ts';
import { runHook } from './lifecycle-hook.ts';
import { verifyNonRoot } from './non-root.ts';
import { StartError } from './start-error.ts';

export interface StartInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly view: PodView;
  readonly sandboxId: string;
  readonly sandbox: PodSandboxConfig;
  readonly place: Omit<ContainerPlace, 'attempt' | 'imageRef'>;
  /** Restarts that the runtime no longer knows of, as the pod's status tells them. */
  readonly knownAttempts: number;
  readonly signal: AbortSignal;
}

const retryMs = 10_000;
/** A start that failed leaves an ended container behind, which upstream's next relist comes upon. */
const failedStartRetryMs = 1000;

/** Image, container, start, postStart. Rejects with `StartError`. Source: kuberuntime startContainer. */
export async function startContainer(parts: KubeletParts, input: StartInput): Promise<void> {
  const { pod, container, view, sandboxId, sandbox, place, knownAttempts, signal } = input;
  const { runtime, events, images } = parts;
  waitOutCrashes(parts, pod, container, view);
  const say = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    containerEvent(events, pod, container, type, reason, message);
  const failed = (reason: string, error: unknown, retryAfterMs = retryMs): StartError => {
    const message = error instanceof Error ? error.message : String(error);
    say('Warning', 'Failed', `Error: ${error instanceof StartError ? error.reason : message}`);
    return error instanceof StartError ? error : new StartError(reason, message, retryAfterMs);
  };
  const imageRef = await images.ensure(pod, container, sandbox).catch((error: unknown) => Promise.reject(failed('ErrImagePull', error)));
  const latest = latestOf(view, container.name);
  const attempt = latest ? latest.metadata.attempt + 1 : knownAttempts;
  const config = await configured(parts, input, { attempt, imageRef }).catch((error: unknown) =>
    Promise.reject(failed('CreateContainerConfigError', error)),
  );
  const id = await runtime
    .createContainer(sandboxId, config)
    .catch((error: unknown) => Promise.reject(failed('CreateContainerError', error)));
  say('Normal', 'Created', 'Container created');
  await runtime.startContainer(id).catch((error: unknown) => Promise.reject(failed('RunContainerError', error, failedStartRetryMs)));
  say('Normal', 'Started', 'Container started');
  const postStart = container.lifecycle?.postStart;
  if (!postStart) return;
  try {
    await runHook(parts, pod, container, id, postStart, place.addresses.podIps[0] ?? '', signal);
  } catch (error) {
    say('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    await killContainer(parts, { pod, container, id, message: 'FailedPostStartHook', podIp: place.addresses.podIps[0] ?? '', signal });
    throw new StartError('PostStartHookError', error instanceof Error ? error.message : String(error), retryMs);
  }
}

async function configured(parts: KubeletParts, { pod, container, place }: StartInput, made: Pick<ContainerPlace, 'attempt' | 'imageRef'>) {
  const config = await containerConfig(parts, pod, container, { ...place, ...made });
  verifyNonRoot(pod, container, (await parts.runtime.imageStatus(made.imageRef)) ?? {});
  return config;
}

/** A container that has ended waits before its next start, ever longer. */
function waitOutCrashes({ crashes, events, env }: KubeletParts, pod: Pod, container: Container, view: PodView): void {
  const ended = latestEndedOf(view, container.name);
  if (!ended) return;
  const { uid, name, namespace } = pod.metadata;
  const key = `${uid}_${container.name}`;
  const leftMs = crashes.leftSince(key, ended.finishedAtMs, env.clock.now());
  if (leftMs === 0) return crashes.next(key, env.clock.now());
  const podName = `${name}_${namespace}(${uid})`;
  containerEvent(events, pod, container, 'Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${podName}`);
  const delay = durationText(crashes.delayMs(key));
  throw new StartError('CrashLoopBackOff', `back-off ${delay} restarting failed container=${container.name} pod=${podName}`, leftMs);
}
