import type { Container, Pod } from '../../api/generated/core/v1.ts';
import type { ContainerStatus } from '../../runtime/cri.ts';
import type { ContainerKill, ProbeVerdicts } from './pod-actions.ts';
import { isSidecar, latestOf, type PodView } from './pod-view.ts';
import { initRestartsAfterFailure } from './restart-policy.ts';

export interface InitActions {
  /** All init containers have done their work, or run as sidecars do. */
  readonly initialized: boolean;
  /** One has failed for good. */
  readonly failed: boolean;
  /** In the pod's order. */
  readonly start: readonly Container[];
  readonly kill: readonly ContainerKill[];
}

/**
 * What the init containers need. The last one that the runtime knows tells how far the pod has come,
 * since those before it may have been cleaned up. Source: kuberuntime's computeInitContainerActions.
 */
export function initActions(pod: Pod, view: PodView, verdicts: ProbeVerdicts): InitActions {
  const containers = pod.spec.initContainers ?? [];
  if (containers.length === 0) return { initialized: true, failed: false, start: [], kill: [] };
  const walk = new InitWalk(pod, view, verdicts);
  for (let at = containers.length - 1; at >= 0; at--) if (walk.visit(at) === 'failed') return { ...nothing, failed: true };
  if (!walk.passed) walk.start.unshift(containers[0]!);
  return { initialized: walk.initialized, failed: false, start: walk.start, kill: walk.kill };
}

const nothing: InitActions = { initialized: false, failed: false, start: [], kill: [] };

class InitWalk {
  readonly start: Container[] = [];
  readonly kill: ContainerKill[] = [];
  initialized: boolean;
  /** Some later container has begun, so this one must have ended, or (a sidecar) come up. */
  passed: boolean;
  readonly #containers: readonly Container[];
  readonly #pod: Pod;
  readonly #view: PodView;
  readonly #verdicts: ProbeVerdicts;

  constructor(pod: Pod, view: PodView, verdicts: ProbeVerdicts) {
    this.#containers = pod.spec.initContainers ?? [];
    this.#pod = pod;
    this.#view = view;
    this.#verdicts = verdicts;
    this.initialized = pod.spec.containers.some(({ name }) => {
      const state = latestOf(view, name)?.state;
      return state === 'Created' || state === 'Running';
    });
    this.passed = this.initialized;
  }

  visit(at: number): 'failed' | undefined {
    const container = this.#containers[at]!;
    const status = latestOf(this.#view, container.name);
    if (!status) {
      if (this.passed && isSidecar(container)) this.start.unshift(container);
      return;
    }
    if (this.passed && !isSidecar(container)) return;
    const outcome = isSidecar(container) ? this.#sidecar(at, status) : this.#once(at, status);
    this.passed = true;
    return outcome;
  }

  /** A container that has to succeed once. */
  #once(at: number, { state, exitCode }: ContainerStatus): 'failed' | undefined {
    const container = this.#containers[at]!;
    if (state === 'Running') return;
    if (state !== 'Exited') this.start.unshift(container);
    else if (exitCode === 0) this.#next(at);
    else if (initRestartsAfterFailure(container, this.#pod, exitCode)) this.start.unshift(container);
    else return 'failed';
    return;
  }

  #sidecar(at: number, status: ContainerStatus): undefined {
    const container = this.#containers[at]!;
    if (status.state !== 'Running') return void this.start.unshift(container);
    const { id } = status;
    const startup = container.startupProbe ? (this.#verdicts.startup(id) ?? 'Unknown') : 'Success';
    if (startup === 'Failure') return this.#restart(container, id, 'startup');
    if (startup !== 'Success') return;
    if (!this.passed) this.#next(at);
    if (this.#verdicts.liveness(id) === 'Failure') this.#restart(container, id, 'liveness');
  }

  #next(at: number): void {
    const next = this.#containers[at + 1];
    if (next) this.start.unshift(next);
    else this.initialized = true;
  }

  #restart(container: Container, id: string, probe: 'startup' | 'liveness'): undefined {
    this.kill.push({ id, container, probe, message: `Init container ${container.name} failed ${probe} probe` });
    this.start.unshift(container);
  }
}
