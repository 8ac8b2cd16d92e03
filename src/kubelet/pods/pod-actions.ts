import type { Container, EphemeralContainer, Pod } from '../../api/generated/core/v1.ts';
import { definitionAnnotation, definitionOf } from '../containers/container-config.ts';
import { initActions } from './init-actions.ts';
import { latestOf, sandboxNeed, type PodView } from './pod-view.ts';
import { restartsAfter, restartsAll, willStart } from './restart-policy.ts';

/** What has to happen so that the runtime has what the pod's spec says. */
export interface PodActions {
  /** Everything of the pod ends; a new sandbox may follow. */
  readonly killPod: boolean;
  /** All containers end and begin anew in the sandbox they have. */
  readonly restartAll: boolean;
  readonly createSandbox: boolean;
  /** The number of the sandbox to be made. */
  readonly attempt: number;
  /** The sandbox there is; '' for none. */
  readonly sandboxId: string;
  readonly startInit: readonly Container[];
  readonly start: readonly Container[];
  readonly startEphemeral: readonly EphemeralContainer[];
  readonly kill: readonly ContainerKill[];
}

export interface ContainerKill {
  readonly id: string;
  readonly container: Container;
  /** The probe that ends it, whose own grace period counts. */
  readonly probe?: 'startup' | 'liveness';
  /** Of the `Killing` event. */
  readonly message: string;
}

/** The last word of a container's probes, by the container's id; undefined before the first. */
export interface ProbeVerdicts {
  liveness(containerId: string): ProbeVerdict | undefined;
  startup(containerId: string): ProbeVerdict | undefined;
}
export type ProbeVerdict = 'Success' | 'Failure' | 'Unknown';

const none = { restartAll: false, startInit: [], start: [], startEphemeral: [], kill: [] };

/** Source: kuberuntime's computePodActions. */
export function podActions(pod: Pod, view: PodView, verdicts: ProbeVerdicts): PodActions {
  const { create, attempt, id: sandboxId } = sandboxNeed(pod, view);
  if (create) return newSandboxActions(pod, view, attempt, sandboxId);
  const known = { createSandbox: false, attempt, sandboxId };
  if (restartsAll(pod, view)) return { ...none, ...known, killPod: false, restartAll: true };
  const startEphemeral = (pod.spec.ephemeralContainers ?? []).filter(({ name }) => !latestOf(view, name));
  const init = initActions(pod, view, verdicts);
  if (init.failed) return { ...none, ...known, killPod: true };
  const soFar = { ...none, ...known, killPod: false, startInit: init.start, kill: init.kill, startEphemeral };
  if (!init.initialized) return soFar;
  const { start, kill, keep } = mainActions(pod, view, verdicts);
  if (keep === 0 && start.length === 0) return { ...none, ...known, killPod: true };
  return { ...soFar, start, kill: [...init.kill, ...kill] };
}

/** What ran before is lost with its sandbox: the init containers begin anew, and those containers that have not succeeded for good. */
function newSandboxActions(pod: Pod, view: PodView, attempt: number, sandboxId: string): PodActions {
  const action = { ...none, killPod: true, createSandbox: true, attempt, sandboxId };
  const { restartPolicy } = pod.spec;
  if (restartPolicy === 'Never' && attempt !== 0 && view.containers.length > 0) return { ...action, createSandbox: false };
  const start = pod.spec.containers.filter(({ name }) => {
    const status = latestOf(view, name);
    return !(restartPolicy === 'OnFailure' && status?.state === 'Exited' && status.exitCode === 0);
  });
  const [firstInit] = pod.spec.initContainers ?? [];
  if (start.length === 0) return { ...action, createSandbox: false };
  return firstInit ? { ...action, startInit: [firstInit] } : { ...action, start };
}

function mainActions(
  pod: Pod,
  view: PodView,
  verdicts: ProbeVerdicts,
): { readonly start: Container[]; readonly kill: ContainerKill[]; readonly keep: number } {
  const start: Container[] = [];
  const kill: ContainerKill[] = [];
  let keep = 0;
  for (const container of pod.spec.containers) {
    const status = latestOf(view, container.name);
    if (status?.state !== 'Running') {
      if (willStart(container, pod, view)) start.push(container);
      continue;
    }
    const changed = status.annotations[definitionAnnotation] !== definitionOf(container);
    const probe = changed ? undefined : failedProbe(status.id, verdicts);
    if (!changed && !probe) {
      keep++;
      continue;
    }
    // Whoever is killed for its probe ends with a code that is not 0.
    const restart = changed || restartsAfter(container, pod, killedExitCode);
    if (restart) start.push(container);
    const why = changed ? 'definition changed' : `failed ${probe} probe`;
    const message = `Container ${container.name} ${why}${restart ? ', will be restarted' : ''}`;
    kill.push({ id: status.id, container, message, ...(probe && { probe }) });
  }
  return { start, kill, keep };
}

const killedExitCode = 137;

function failedProbe(id: string, verdicts: ProbeVerdicts): 'liveness' | 'startup' | undefined {
  if (verdicts.liveness(id) === 'Failure') return 'liveness';
  return verdicts.startup(id) === 'Failure' ? 'startup' : undefined;
}
