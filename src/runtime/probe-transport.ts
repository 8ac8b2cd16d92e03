/**
 * How a kubelet reaches into a pod over the network: for probes, and for HTTP lifecycle hooks. On a
 * real machine this is HTTP, TCP and gRPC from the node; a simulated node answers from what the
 * pod's script says.
 */
export interface ProbeTransport {
  /** Rejects where no answer came: its message goes into the pod's events (`Get "http://…": dial tcp …: connect: connection refused`). */
  httpGet(request: HttpProbeRequest): Promise<HttpProbeResponse>;
  /** Resolves once the connection stands. Rejects with the message for the pod's events. */
  tcpConnect(request: ProbeTarget): Promise<void>;
  /** grpc.health.v1's Check: resolves to the serving status. Rejects with the message for the pod's events. */
  grpcCheck(request: ProbeTarget & { readonly service: string }): Promise<'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN' | 'UNKNOWN'>;
}

export interface ProbeTarget {
  /** The container that the probe or hook belongs to, as the runtime names it. */
  readonly containerId: string;
  /** The pod's address, unless the probe names another. */
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  /** Which of the container's probes asks; absent for hooks. A script may fail one of them and let the others pass. */
  readonly probe?: 'startup' | 'readiness' | 'liveness';
}

export interface HttpProbeRequest extends ProbeTarget {
  readonly scheme: 'http' | 'https';
  /** Path and query, with its slash. */
  readonly path: string;
  /** `User-Agent: kube-probe/1.36` and `Accept` included; a name may come more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface HttpProbeResponse {
  readonly status: number;
  /** As far as it was read: upstream reads 10 KiB. */
  readonly body: string;
}
