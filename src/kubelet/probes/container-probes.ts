import type { Env } from '../../base/env.ts';
import type { Container, Pod } from '../../api/generated/core/v1.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { ContainerRuntime } from '../../runtime/cri.ts';
import { containerEvent } from '../containers/container-events.ts';
import type { ProbeVerdict } from '../pods/pod-actions.ts';
import type { ProbeTransport } from '../ports.ts';
import { ProbeWorker } from './probe-worker.ts';
import { runProbe, type ProbeKind, type ProbeResult } from './run-probe.ts';

export interface ContainerProbesOptions {
  readonly env: Pick<Env, 'clock' | 'rng'>;
  readonly runtime: ContainerRuntime;
  readonly transport: ProbeTransport;
  readonly events: EventRecorder;
  readonly pod: Pod;
  readonly container: Container;
  readonly containerId: string;
  readonly startedAtMs: number;
  readonly podIp: string;
  /** It ran before this kubelet did, and this is how it was then: first probes are spread, and what was ready stays so meanwhile. */
  readonly found?: { readonly started: boolean; readonly ready: boolean };
  readonly changed: () => void;
}

/** The probes of one running container: first whether it has started, then whether it lives and is ready. */
export class ContainerProbes {
  readonly #options: ContainerProbesOptions;
  readonly #workers = new Map<ProbeKind, ProbeWorker>();
  #started: boolean;

  constructor(options: ContainerProbesOptions) {
    this.#options = options;
    const { container, found } = options;
    this.#started = !container.startupProbe || found?.started === true;
    if (this.#started) this.#watchLife();
    else this.#begin('startup', 'Unknown');
  }

  get started(): boolean {
    return this.#started;
  }

  get ready(): boolean {
    if (!this.#started) return false;
    const { container } = this.#options;
    return !container.readinessProbe || this.verdict('readiness') === 'Success';
  }

  verdict(kind: ProbeKind): ProbeVerdict | undefined {
    return this.#workers.get(kind)?.verdict;
  }

  stop(...kinds: readonly ProbeKind[]): void {
    for (const kind of kinds) {
      this.#workers.get(kind)?.stop();
      this.#workers.delete(kind);
    }
  }

  #watchLife(): void {
    const { container, found } = this.#options;
    if (container.livenessProbe) this.#begin('liveness', 'Success');
    if (container.readinessProbe) this.#begin('readiness', found?.ready ? 'Success' : 'Failure');
  }

  #begin(kind: ProbeKind, initial: ProbeVerdict): void {
    const { env, runtime, transport, container, containerId, podIp, startedAtMs, found } = this.#options;
    const probe = container[`${kind}Probe`]!;
    const { clock, rng } = env;
    const dueInMs = Math.max(0, startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000 - clock.now());
    const worker = new ProbeWorker({
      kind,
      probe,
      clock,
      firstInMs: dueInMs + (found ? rng.next() * (probe.periodSeconds ?? 10) * 1000 : 0),
      initial,
      ask: () => runProbe(runtime, transport, { kind, probe, container, containerId, podIp }),
      told: (result) => this.#tell(kind, result),
      decided: (verdict) => this.#decided(kind, verdict),
    });
    this.#workers.set(kind, worker);
  }

  #decided(kind: ProbeKind, verdict: ProbeVerdict): void {
    if (kind === 'startup' && verdict === 'Success') {
      this.#started = true;
      this.#watchLife();
    }
    this.#options.changed();
  }

  #tell(kind: ProbeKind, result: ProbeResult): void {
    if (result.outcome === 'success') return;
    const { events, pod, container } = this.#options;
    const name = kind[0]!.toUpperCase() + kind.slice(1);
    const say = (reason: string, message: string) => containerEvent(events, pod, container, 'Warning', reason, message);
    if (result.outcome === 'failure') say('Unhealthy', `${name} probe failed: ${result.output}`);
    else if (result.outcome === 'warning') say('ProbeWarning', `${name} probe warning: ${result.output}`);
    else say('Unhealthy', `${name} probe errored and resulted in unknown state: ${result.output}`);
  }
}
