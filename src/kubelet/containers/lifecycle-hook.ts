import { sleep } from '../../base/clock.ts';
import { text } from '../../codec/bytes.ts';
import type { Container, LifecycleHandler, Pod } from '../../api/generated/core/v1.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { portNumber } from '../probes/probe-port.ts';

/** An HTTP hook that gets no answer is given up after so long (upstream's client has none; the grace period ends it). */
const httpTimeoutMs = 30_000;

/** Runs a postStart or preStop handler; rejects with why it failed. Source: pkg/kubelet/lifecycle/handlers.go. */
export async function runHook(
  parts: Pick<KubeletParts, 'runtime' | 'transport' | 'env'>,
  pod: Pod,
  container: Container,
  containerId: string,
  handler: LifecycleHandler,
  podIp: string,
  signal: AbortSignal,
): Promise<void> {
  const { runtime, transport, env } = parts;
  if (handler.exec) {
    const command = handler.exec.command ?? [];
    const { exitCode, stdout, stderr } = await runtime.execSync(containerId, command, 0);
    if (exitCode === 0) return;
    const output = text(stdout) + text(stderr);
    throw new Error(
      `Exec lifecycle hook ([${command.join(' ')}]) for Container "${container.name}" in Pod "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})" failed - error: command '${command.join(' ')}' exited with ${exitCode}: ${output}`,
    );
  }
  if (handler.httpGet) {
    const { host, port, path = '/', scheme = 'HTTP', httpHeaders = [] } = handler.httpGet;
    const { status } = await transport.httpGet({
      containerId,
      host: host || podIp,
      port: portNumber(port, container),
      timeoutMs: httpTimeoutMs,
      scheme: scheme === 'HTTPS' ? 'https' : 'http',
      path: path.startsWith('/') ? path : `/${path}`,
      headers: [
        ['User-Agent', 'kube-lifecycle/1.36'],
        ['Accept', '*/*'],
        ...httpHeaders.map(({ name, value }) => [name, value ?? ''] as const),
      ],
    });
    if (status >= 400) throw new Error(`HTTP lifecycle hook failed with statuscode: ${status}`);
    return;
  }
  if (handler.sleep) return sleep(env.clock, handler.sleep.seconds * 1000, signal);
  throw new Error('invalid handler: no handler is specified');
}
