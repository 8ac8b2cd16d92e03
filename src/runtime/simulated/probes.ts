import type { ProbeTarget, ProbeTransport } from '../probe-transport.ts';
import type { SimulatedRuntime } from './runtime.ts';

/**
 * Probes and hooks of simulated pods: every port of a running container answers well, unless the pod's
 * script has the probe fail.
 */
export function simulatedProbes(runtime: Pick<SimulatedRuntime, 'answerTo'>): ProbeTransport {
  const answer = ({ containerId, probe }: ProbeTarget) => runtime.answerTo(containerId, probe);
  return {
    async httpGet(request) {
      const heard = answer(request);
      if (heard === 'nothing') throw new Error(`Get "${request.scheme}://${addressOf(request)}${request.path}": ${refused(request)}`);
      return heard === 'well' ? { status: 200, body: 'ok' } : { status: 503, body: 'the pod’s annotations say that it is unwell' };
    },
    async tcpConnect(request) {
      if (answer(request) !== 'well') throw new Error(refused(request));
    },
    async grpcCheck(request) {
      const heard = answer(request);
      if (heard === 'nothing') throw new Error(`error: health rpc failed: rpc error: code = Unavailable desc = ${refused(request)}`);
      return heard === 'well' ? 'SERVING' : 'NOT_SERVING';
    },
  };
}

const refused = (target: ProbeTarget): string => `dial tcp ${addressOf(target)}: connect: connection refused`;
const addressOf = ({ host, port }: ProbeTarget): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
