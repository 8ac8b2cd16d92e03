import { text } from '../../codec/bytes.ts';
import type { Container, HTTPGetAction, Probe } from '../../api/generated/core/v1.ts';
import { CriError, type ContainerRuntime } from '../../runtime/cri.ts';
import type { ProbeTransport } from '../ports.ts';
import { portNumber } from './probe-port.ts';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

/** `error`: nothing was learned, as where a port has no such name. */
export type ProbeResult = { readonly outcome: 'success' } | { readonly outcome: 'failure' | 'warning' | 'error'; readonly output: string };

export interface ProbeInput {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

const success: ProbeResult = { outcome: 'success' };
const maxOutputBytes = 10 * 1024;

/** Asks once. Source: pkg/kubelet/prober and pkg/probe. */
export async function runProbe(runtime: ContainerRuntime, transport: ProbeTransport, input: ProbeInput): Promise<ProbeResult> {
  const { exec, httpGet, tcpSocket, grpc } = input.probe;
  try {
    if (exec) return await runExec(runtime, input, exec.command ?? []);
    if (httpGet) return await runHttp(transport, input, httpGet);
    if (tcpSocket) return await runTcp(transport, input, tcpSocket.host || input.podIp, portNumber(tcpSocket.port, input.container));
    if (grpc) return await runGrpc(transport, input, grpc.port, grpc.service ?? '');
    throw new Error(`missing probe handler for ${input.container.name}`);
  } catch (error) {
    return { outcome: 'error', output: messageOf(error) };
  }
}

async function runExec(runtime: ContainerRuntime, { containerId, probe }: ProbeInput, command: readonly string[]): Promise<ProbeResult> {
  try {
    const { exitCode, stdout, stderr } = await runtime.execSync(containerId, command, probe.timeoutSeconds ?? 1);
    if (exitCode === 0) return success;
    return { outcome: 'failure', output: text(stdout.subarray(0, maxOutputBytes)) + text(stderr.subarray(0, maxOutputBytes)) };
  } catch (error) {
    if (error instanceof CriError && error.code === 'DeadlineExceeded') {
      const seconds = probe.timeoutSeconds ?? 1;
      return { outcome: 'failure', output: `command timed out: "${command.join(' ')}" timed out after ${seconds}s` };
    }
    throw error;
  }
}

async function runHttp(transport: ProbeTransport, input: ProbeInput, action: HTTPGetAction): Promise<ProbeResult> {
  const { host, port, path = '/', scheme = 'HTTP', httpHeaders = [] } = action;
  const said = httpHeaders.map(({ name, value }) => [name, value] as const);
  const has = (name: string) => said.some(([one]) => one.toLowerCase() === name);
  const request = {
    ...targetOf(input, host || input.podIp, portNumber(port, input.container)),
    scheme: scheme === 'HTTPS' ? ('https' as const) : ('http' as const),
    path: path.startsWith('/') ? path : `/${path}`,
    headers: [
      ...(has('user-agent') ? [] : [['User-Agent', 'kube-probe/1.36'] as const]),
      ...(has('accept') ? [] : [['Accept', '*/*'] as const]),
      ...said,
    ],
  };
  return answered(async () => {
    const { status } = await transport.httpGet(request);
    return status >= 200 && status < 400 ? success : failure(`HTTP probe failed with statuscode: ${status}`);
  });
}

const runTcp = (transport: ProbeTransport, input: ProbeInput, host: string, port: number): Promise<ProbeResult> =>
  answered(async () => {
    await transport.tcpConnect(targetOf(input, host, port));
    return success;
  });

const runGrpc = (transport: ProbeTransport, input: ProbeInput, port: number, service: string): Promise<ProbeResult> =>
  answered(async () => {
    const status = await transport.grpcCheck({ ...targetOf(input, input.podIp, port), service });
    return status === 'SERVING' ? success : failure(`service unhealthy (responded with "${status}")`);
  });

/** No answer is a failure, as long as it was possible to ask. */
async function answered(ask: () => Promise<ProbeResult>): Promise<ProbeResult> {
  try {
    return await ask();
  } catch (error) {
    return failure(messageOf(error));
  }
}

const targetOf = ({ containerId, kind, probe }: ProbeInput, host: string, port: number) => ({
  containerId,
  host,
  port,
  timeoutMs: (probe.timeoutSeconds ?? 1) * 1000,
  probe: kind,
});

const failure = (output: string): ProbeResult => ({ outcome: 'failure', output });
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
