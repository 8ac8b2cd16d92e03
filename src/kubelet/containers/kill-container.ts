import { sleep } from '../../base/clock.ts';
import type { Container, Pod } from '../../api/generated/core/v1.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { containerEvent } from './container-events.ts';
import { runHook } from './lifecycle-hook.ts';

/** Every container gets so long to end by itself, however little grace is left. */
const minimumGraceSeconds = 2;

export interface KillInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly id: string;
  /** Of the `Killing` event; `Stopping container web` when absent. */
  readonly message?: string;
  /** The probe that ends it, whose own grace period counts. */
  readonly probe?: 'startup' | 'liveness';
  /** In place of what pod and probe say. */
  readonly graceSeconds?: number;
  readonly podIp: string;
  /** What has to end before it, as sidecars end after the containers they serve. */
  readonly turn?: Promise<unknown>;
  /** Aborts when the grace period has been cut short. */
  readonly signal: AbortSignal;
}

/** preStop, then the stop signal, then, when the grace period is over, force. Source: kuberuntime killContainer. */
export async function killContainer(parts: KubeletParts, input: KillInput): Promise<void> {
  const { pod, container, id, message, turn, signal } = input;
  const { events, runtime, env } = parts;
  containerEvent(events, pod, container, 'Normal', 'Killing', message ?? `Stopping container ${container.name}`);
  const grace = input.graceSeconds ?? graceSeconds(input);
  const endMs = env.clock.monotonic() + grace * 1000;
  const left = () => Math.max(0, endMs - env.clock.monotonic());
  if (container.lifecycle?.preStop && grace > 0) await preStop(parts, input, left());
  if (turn && grace > 0 && !signal.aborted) await within(parts, turn, left(), signal);
  if (signal.aborted) return;
  await unlessAborted(runtime.stopContainer(id, Math.max(minimumGraceSeconds, Math.ceil(left() / 1000))), signal);
}

export function graceSeconds({ pod, container, probe }: Pick<KillInput, 'pod' | 'container' | 'probe'>): number {
  const { deletionGracePeriodSeconds } = pod.metadata;
  if (deletionGracePeriodSeconds !== undefined) return deletionGracePeriodSeconds;
  const ofProbe = probe && (probe === 'startup' ? container.startupProbe : container.livenessProbe)?.terminationGracePeriodSeconds;
  return ofProbe ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}

async function preStop(parts: KubeletParts, { pod, container, id, podIp, signal }: KillInput, limitMs: number): Promise<void> {
  const over = new AbortController();
  const hook = runHook(parts, pod, container, id, container.lifecycle!.preStop!, podIp, AbortSignal.any([signal, over.signal])).catch(() =>
    containerEvent(parts.events, pod, container, 'Warning', 'FailedPreStopHook', 'PreStopHook failed'),
  );
  await within(parts, hook, limitMs, signal);
  over.abort();
}

/** Waits for it, but no longer than that. */
async function within({ env }: KubeletParts, what: Promise<unknown>, limitMs: number, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  await Promise.race([what, sleep(env.clock, limitMs, AbortSignal.any([signal, done.signal]))]);
  done.abort();
}

/** Waits for it, or no longer once the signal aborts. */
function unlessAborted(what: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const given = () => resolve();
    signal.addEventListener('abort', given, { once: true });
    what.then(resolve, reject).finally(() => signal.removeEventListener('abort', given));
  });
}
