import type { Clock } from '../../base/clock.ts';
import type { Probe } from '../../api/generated/core/v1.ts';
import type { ProbeVerdict } from '../pods/pod-actions.ts';
import type { ProbeKind, ProbeResult } from './run-probe.ts';

export interface ProbeWorkerOptions {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly clock: Clock;
  /** Before the first probe; the container's start and `initialDelaySeconds` are in it. */
  readonly firstInMs: number;
  /** The verdict before the first probe. */
  readonly initial: ProbeVerdict;
  readonly ask: () => Promise<ProbeResult>;
  /** Tells of each result, for events. */
  readonly told: (result: ProbeResult) => void;
  /** The verdict has changed, or has been reached for the first time. */
  readonly decided: (verdict: ProbeVerdict) => void;
}

/** Asks one probe of one container again and again, until it is stopped or has the last word. Source: pkg/kubelet/prober/worker.go. */
export class ProbeWorker {
  readonly #options: ProbeWorkerOptions;
  #verdict: ProbeVerdict;
  #stopped = false;
  #cancel: () => void;
  #last: 'success' | 'failure' | undefined;
  /** How often in a row the last result came. */
  #run = 0;

  constructor(options: ProbeWorkerOptions) {
    this.#options = options;
    this.#verdict = options.initial;
    this.#cancel = options.clock.after(options.firstInMs, () => void this.#probe());
  }

  get verdict(): ProbeVerdict {
    return this.#verdict;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #probe(): Promise<void> {
    const { clock, ask, told, probe } = this.#options;
    const beganMs = clock.monotonic();
    const result = await ask();
    if (this.#stopped) return;
    told(result);
    if (result.outcome !== 'error') this.#count(result.outcome === 'failure' ? 'failure' : 'success');
    if (this.#stopped) return;
    const nextInMs = beganMs + (probe.periodSeconds ?? 10) * 1000 - clock.monotonic();
    this.#cancel = clock.after(nextInMs, () => void this.#probe());
  }

  #count(outcome: 'success' | 'failure'): void {
    const { kind, probe, decided } = this.#options;
    this.#run = outcome === this.#last ? this.#run + 1 : 1;
    this.#last = outcome;
    const threshold = outcome === 'failure' ? (probe.failureThreshold ?? 3) : (probe.successThreshold ?? 1);
    if (this.#run < threshold) return;
    const verdict = outcome === 'failure' ? 'Failure' : 'Success';
    const changed = verdict !== this.#verdict;
    this.#verdict = verdict;
    // The container will be killed, or has started: there is nothing more to ask.
    if (kind === 'startup' || (kind === 'liveness' && verdict === 'Failure')) this.stop();
    if (changed) decided(verdict);
  }
}
