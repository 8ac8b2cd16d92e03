import type { Env } from '../../base/env.ts';
import type { Container, ContainerStatus, Pod, PodStatus } from '../../api/generated/core/v1.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { ContainerRuntime } from '../../runtime/cri.ts';
import type { ProbeVerdict, ProbeVerdicts } from '../pods/pod-actions.ts';
import { isSidecar, readySandbox, type PodView } from '../pods/pod-view.ts';
import type { ProbeTransport } from '../ports.ts';
import type { Readiness } from '../status/pod-status.ts';
import { ContainerProbes } from './container-probes.ts';

export interface ProbeManagerOptions {
  readonly env: Pick<Env, 'clock' | 'rng'>;
  readonly runtime: ContainerRuntime;
  readonly transport: ProbeTransport;
  readonly events: EventRecorder;
  readonly hostIps: readonly string[];
  /** When this kubelet began: what ran before was probed by another. */
  readonly startedAtMs: number;
  /** A verdict has changed. */
  readonly changed: (podUid: string) => void;
}

interface Probed {
  readonly podUid: string;
  readonly probes: ContainerProbes;
}

/** The probes of all running containers of the node. Containers without probes cost nothing. */
export class ProbeManager implements ProbeVerdicts, Readiness {
  readonly #options: ProbeManagerOptions;
  readonly #probed = new Map<string, Probed>();

  constructor(options: ProbeManagerOptions) {
    this.#options = options;
  }

  /** Begins to probe what runs by now, and ends with what does no more. `before`: the status reported last. */
  follow(pod: Pod, view: PodView, before: PodStatus): void {
    const { uid = '' } = pod.metadata;
    const probed = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)].filter(hasProbe);
    if (probed.length === 0) return;
    const running = new Map(view.containers.filter(({ state }) => state === 'Running').map((status) => [status.id, status]));
    for (const [id, { podUid }] of this.#probed) if (podUid === uid && !running.has(id)) this.#drop(id);
    for (const { id, metadata, startedAtMs } of running.values()) {
      const container = probed.find(({ name }) => name === metadata.name);
      if (container && !this.#probed.has(id)) this.#begin(pod, container, id, startedAtMs, view, before);
    }
  }

  liveness(containerId: string): ProbeVerdict | undefined {
    return this.#probed.get(containerId)?.probes.verdict('liveness');
  }

  startup(containerId: string): ProbeVerdict | undefined {
    const probes = this.#probed.get(containerId)?.probes;
    return probes?.started ? 'Success' : probes?.verdict('startup');
  }

  of(
    container: Container,
    { state, containerID = '' }: ContainerStatus,
    isInit: boolean,
  ): { readonly started: boolean; readonly ready: boolean } {
    const once = isInit && !isSidecar(container);
    if (!state?.running) return { started: false, ready: once && state?.terminated?.exitCode === 0 };
    const probes = this.#probed.get(containerID.slice(containerID.indexOf('://') + 3))?.probes;
    const started = probes ? probes.started : !container.startupProbe;
    if (once) return { started, ready: false };
    return { started, ready: started && (probes ? probes.ready : !container.readinessProbe) };
  }

  /** A pod that ends is not to be restarted for its health, but it may still say that it is not ready. */
  stopLiveness(podUid: string): void {
    for (const one of this.#probed.values()) if (one.podUid === podUid) one.probes.stop('startup', 'liveness');
  }

  stop(podUid?: string): void {
    for (const [id, one] of this.#probed) if (podUid === undefined || one.podUid === podUid) this.#drop(id);
  }

  #begin(pod: Pod, container: Container, containerId: string, startedAtMs: number, view: PodView, before: PodStatus): void {
    const { env, runtime, transport, events, hostIps, changed } = this.#options;
    const uid = pod.metadata.uid!;
    const old = [...(before.containerStatuses ?? []), ...(before.initContainerStatuses ?? [])].find(({ containerID = '' }) =>
      containerID.endsWith(`//${containerId}`),
    );
    const foundRunning = startedAtMs < this.#options.startedAtMs;
    const podIp = (pod.spec.hostNetwork ? hostIps : (readySandbox(view)?.ips ?? []))[0] ?? '';
    const probes = new ContainerProbes({
      env,
      runtime,
      transport,
      events,
      pod,
      container,
      containerId,
      startedAtMs,
      podIp,
      ...(foundRunning && { found: { started: old?.started ?? false, ready: old?.ready ?? false } }),
      changed: () => changed(uid),
    });
    this.#probed.set(containerId, { podUid: uid, probes });
  }

  #drop(id: string): void {
    this.#probed.get(id)?.probes.stop('startup', 'liveness', 'readiness');
    this.#probed.delete(id);
  }
}

const hasProbe = ({ startupProbe, livenessProbe, readinessProbe }: Container): boolean =>
  startupProbe !== undefined || livenessProbe !== undefined || readinessProbe !== undefined;
