import type { Pod, PodStatus } from '../../api/generated/core/v1.ts';
import { isFinished } from '../../api/pods/pod-state.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { podEvent } from '../containers/container-events.ts';
import type { PodAddresses } from '../containers/downward.ts';
import { Resizer } from '../containers/resize.ts';
import type { KubeletParts } from '../kubelet-parts.ts';
import { kubeletConditions } from '../status/conditions.ts';
import type { StartFailure } from '../status/container-statuses.ts';
import { isOver, podStatus } from '../status/pod-status.ts';
import { MountError } from '../volumes/mount-error.ts';
import { PodVolumes } from '../volumes/pod-volumes.ts';
import { removeOldContainers, removeOldSandboxes, removePod } from './clean-up.ts';
import { killPodContainers } from './kill-pod.ts';
import { podActions, type PodActions } from './pod-actions.ts';
import { readPod, runningContainers, type PodView } from './pod-view.ts';
import { differInResources, resizeSummary, type PendingResize } from './resize-grant.ts';
import { syncPod } from './sync-pod.ts';

/** After an error nobody expected. */
const errorRetryMs = 10_000;
const networkRetryMs = 1000;

/** `running`: what should run is kept running; `ending`: all of it ends; `ended`: nothing of it runs, and it waits to be forgotten. */
type Stage = 'running' | 'ending' | 'ended';

export interface PodWorkerOptions {
  readonly parts: KubeletParts;
  readonly pod: Pod;
  /** Why pods cannot have a network yet; undefined when they can. */
  readonly networkProblem: () => string | undefined;
  /** Nothing of the pod is left on the node, and its source has forgotten it. */
  readonly removed: () => void;
}

/**
 * Looks after one pod, one step at a time: whatever happens meanwhile leads to one more step. It sleeps
 * without a timer as long as nothing is due. Source: pkg/kubelet/pod_workers.go and SyncPod, SyncTerminatingPod, SyncTerminatedPod.
 */
export class PodWorker {
  readonly #parts: KubeletParts;
  readonly #options: PodWorkerOptions;
  readonly #failures = new Map<string, StartFailure>();
  readonly #volumes: PodVolumes;
  readonly #resizer = new Resizer();
  #pod: Pod;
  #stage: Stage = 'running';
  /** The source has it no more. */
  #gone = false;
  #pendingResize: PendingResize | undefined;
  /** The generation of the spec whose resources are being given to the containers. */
  #resizing: number | undefined;
  #verdict: { readonly reason: string; readonly message: string } | undefined;
  /** Ends what is under way when the pod is to end, or to end sooner. */
  #cut = new AbortController();
  #wanted = false;
  #busy = false;
  #cancelTimer: (() => void) | undefined;
  #timerDueMs = Infinity;

  constructor(options: PodWorkerOptions) {
    this.#options = options;
    this.#parts = options.parts;
    this.#pod = options.pod;
    this.#volumes = new PodVolumes(options.parts);
    if (isToEnd(options.pod)) this.#stage = 'ending';
  }

  /** With the resources that it was granted. */
  get pod(): Pod {
    return this.#pod;
  }

  /** It takes part in what the node's pods use together. */
  get active(): boolean {
    return this.#stage !== 'ended';
  }

  /** The newest object from the source, with the resources that it is granted; `pending` says why those are not what it asks for. */
  update(pod: Pod, pending?: PendingResize): void {
    const old = this.#pod;
    this.#pod = pod;
    const resized = this.#resize(old, pending);
    this.#parts.statuses.observe(pod);
    if (isToEnd(pod)) this.#end();
    if (graceCut(old, pod)) this.#cutShort();
    if (old.metadata.generation !== pod.metadata.generation) this.#retryAll();
    if (resized || matters(old, pod)) this.wake();
  }

  /** Source: pkg/kubelet/allocation handlePodResourcesResize. */
  #resize(old: Pod, pending: PendingResize | undefined): boolean {
    const { events } = this.#parts;
    const before = this.#pendingResize;
    this.#pendingResize = pending;
    if (pending && pending.generation !== before?.generation) {
      const summary = resizeSummary(pending.asked, pending.generation, pending.message);
      podEvent(events, this.#pod, 'Warning', 'ResizeDeferred', `Pod resize Deferred: ${summary}`);
    }
    if (!differInResources(old, this.#pod)) return before?.message !== pending?.message || before?.generation !== pending?.generation;
    this.#resizing = this.#pod.metadata.generation ?? 0;
    podEvent(events, this.#pod, 'Normal', 'ResizeStarted', `Pod resize started: ${resizeSummary(this.#pod, this.#resizing)}`);
    return true;
  }

  #resized(): void {
    const generation = this.#resizing;
    if (generation === undefined) return;
    this.#resizing = undefined;
    const summary = resizeSummary(this.#pod, generation);
    podEvent(this.#parts.events, this.#pod, 'Normal', 'ResizeCompleted', `Pod resize completed: ${summary}`);
    this.wake();
  }

  /** The source has forgotten it: everything ends, and nothing stays. */
  gone(pod: Pod): void {
    this.#pod = pod;
    this.#gone = true;
    this.#end();
    if (pod.metadata.deletionGracePeriodSeconds === 0) this.#cutShort();
    this.wake();
  }

  wake(): void {
    this.#wanted = true;
    if (!this.#busy) void this.#work();
  }

  /** A probe has another verdict. A pod that ends is not synced any more, but still says whether it is ready. */
  probed(): void {
    if (this.#stage === 'ending' && this.#busy) void this.#refresh();
    else this.wake();
  }

  stop(): void {
    this.#forgetTimer();
    this.#cut.abort();
  }

  /** The spec is another: what did not start may start now. */
  #retryAll(): void {
    for (const [name, failure] of this.#failures) this.#failures.set(name, { ...failure, dueMs: 0 });
  }

  async #work(): Promise<void> {
    const { signal, log } = this.#parts.env;
    this.#busy = true;
    while (this.#wanted && !signal.aborted) {
      this.#wanted = false;
      try {
        await this.#step();
      } catch (error) {
        if (signal.aborted) break;
        log.verbose(2, 'Error syncing pod, skipping', { pod: this.#pod.metadata.name, err: error });
        this.#wakeIn(errorRetryMs);
      }
    }
    this.#busy = false;
  }

  #wakeIn(ms: number): void {
    const { clock } = this.#parts.env;
    const dueMs = clock.monotonic() + ms;
    if (dueMs >= this.#timerDueMs) return;
    this.#forgetTimer();
    this.#timerDueMs = dueMs;
    this.#cancelTimer = clock.after(ms, () => {
      this.#timerDueMs = Infinity;
      this.wake();
    });
  }

  #forgetTimer(): void {
    this.#cancelTimer?.();
    this.#timerDueMs = Infinity;
  }

  async #step(): Promise<void> {
    if (this.#stage === 'running') await this.#sync();
    else if (this.#stage === 'ending') await this.#terminate();
    else if (this.#gone) await this.#remove();
  }

  async #sync(): Promise<void> {
    const { runtime, probes, events } = this.#parts;
    const view = await readPod(runtime, this.#uid);
    const pod = this.#pod;
    if (this.#stage !== 'running') return this.wake();
    this.#watchDeadline(pod);
    probes.follow(pod, view, this.#before);
    const status = this.#report(view);
    if (isOver(pod, status) || this.#verdict) return this.#end();
    if (await this.#resizer.apply(this.#parts, pod, view, this.#cut.signal)) return this.wake();
    const actions = podActions(pod, view, probes);
    if (isIdle(actions)) {
      this.#resized();
      return this.#tidy(view);
    }
    const problem = pod.spec.hostNetwork ? undefined : this.#options.networkProblem();
    if (problem !== undefined) {
      podEvent(events, pod, 'Warning', 'NetworkNotReady', `network is not ready: ${problem}`);
      return this.#wakeIn(networkRetryMs);
    }
    await this.#act(pod, view, actions);
  }

  async #act(pod: Pod, view: PodView, actions: PodActions): Promise<void> {
    const { machine } = this.#parts;
    const { signal } = this.#cut;
    const volumePaths = isStarting(actions) ? await this.#mount(pod) : nowhere;
    if (!volumePaths || signal.aborted) return;
    const before = new Map(this.#failures);
    const retryMs = await syncPod(this.#parts, {
      pod,
      view,
      actions,
      before: this.#before,
      volumePaths,
      hostIps: machine.addresses,
      failures: this.#failures,
      sandboxReady: () => this.#refresh(),
      signal,
    });
    if (retryMs !== undefined) this.#wakeIn(retryMs);
    if (!semanticallyEqual([...before], [...this.#failures])) await this.#refresh();
  }

  /** Where the volumes are; undefined while they are not there yet. */
  async #mount(pod: Pod): Promise<ReadonlyMap<string, string> | undefined> {
    try {
      return await this.#volumes.mount(pod, () => this.#addresses);
    } catch (error) {
      if (!(error instanceof MountError)) throw error;
      for (const message of error.messages) podEvent(this.#parts.events, pod, 'Warning', 'FailedMount', message);
      this.#wakeIn(this.#volumes.retryMs);
      return undefined;
    }
  }

  /** Source: SyncTerminatingPod, then SyncTerminatedPod. */
  async #terminate(): Promise<void> {
    const { runtime, probes, statuses, volumes, images, crashes } = this.#parts;
    const { signal } = this.#cut;
    const view = await readPod(runtime, this.#uid);
    probes.follow(this.#pod, view, this.#before);
    probes.stopLiveness(this.#uid);
    if (!this.#gone) this.#report(view);
    await killPodContainers(this.#parts, this.#pod, view, { signal });
    if (signal.aborted) return this.wake();
    const after = await readPod(runtime, this.#uid);
    if (runningContainers(after).length > 0) throw new Error('some containers are still running');
    for (const { id, state } of after.sandboxes) if (state === 'Ready') await runtime.stopPodSandbox(id);
    await volumes.unmount(this.#uid);
    probes.stop(this.#uid);
    this.#stage = 'ended';
    this.#forgetTimer();
    images.forget(this.#uid);
    crashes.forget(`${this.#uid}_`);
    if (this.#gone) return this.#remove();
    this.#report(after);
    statuses.finish(this.#pod);
  }

  async #remove(): Promise<void> {
    this.#parts.statuses.forget(this.#uid);
    await removePod(this.#parts, this.#uid);
    this.#options.removed();
  }

  async #tidy(view: PodView): Promise<void> {
    this.#failures.clear();
    await removeOldContainers(this.#parts, view);
    await removeOldSandboxes(this.#parts, view);
  }

  get #uid(): string {
    return this.#pod.metadata.uid!;
  }

  get #before(): PodStatus {
    return this.#parts.statuses.get(this.#uid) ?? this.#pod.status ?? {};
  }

  get #addresses(): PodAddresses {
    return { podIps: (this.#before.podIPs ?? []).map(({ ip }) => ip), hostIps: this.#parts.machine.addresses };
  }

  async #refresh(): Promise<void> {
    const stage = this.#stage;
    const view = await readPod(this.#parts.runtime, this.#uid);
    if (stage === this.#stage && !this.#gone) this.#report(view);
  }

  #report(view: PodView): PodStatus {
    const { statuses, probes, runtimeName, machine, env } = this.#parts;
    const status = podStatus({
      pod: this.#pod,
      view,
      before: this.#before,
      failures: this.#failures,
      readiness: probes,
      runtimeName,
      hostIps: machine.addresses,
      nowMs: env.clock.now(),
      ended: this.#stage === 'ended',
      ...(this.#pendingResize && { pendingResize: this.#pendingResize }),
      ...(this.#resizing !== undefined && { resizing: this.#resizing }),
      ...(this.#verdict && { verdict: this.#verdict }),
    });
    statuses.set(this.#pod, status);
    return status;
  }

  #watchDeadline({ spec }: Pod): void {
    const { startTime } = this.#before;
    const { clock } = this.#parts.env;
    if (spec.activeDeadlineSeconds === undefined) return;
    const startedMs = startTime ? Date.parse(startTime) : clock.now();
    const leftMs = startedMs + spec.activeDeadlineSeconds * 1000 - clock.now();
    if (leftMs > 0) return this.#wakeIn(leftMs);
    const message = 'Pod was active on the node longer than the specified deadline';
    if (!this.#verdict) podEvent(this.#parts.events, this.#pod, 'Normal', 'DeadlineExceeded', message);
    this.#verdict = { reason: 'DeadlineExceeded', message };
  }

  #end(): void {
    if (this.#stage !== 'running') return;
    this.#stage = 'ending';
    this.#cutShort();
    this.wake();
  }

  #cutShort(): void {
    this.#cut.abort();
    this.#cut = new AbortController();
    if (this.#stage === 'ending') this.#wanted = true;
  }
}

const isToEnd = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined || isFinished(pod);

function graceCut({ metadata: old }: Pod, { metadata: now }: Pod): boolean {
  const { deletionGracePeriodSeconds: before } = old;
  return before !== undefined && (now.deletionGracePeriodSeconds ?? before) < before;
}

/** Our own writes of the status come back as changes; those say nothing new. */
function matters({ metadata: old, status: oldStatus }: Pod, { metadata: now, status }: Pod): boolean {
  if (old.generation !== now.generation || old.deletionTimestamp !== now.deletionTimestamp) return true;
  const others = (conditions: PodStatus['conditions'] = []) => conditions.filter(({ type }) => !kubeletConditions.has(type));
  return !semanticallyEqual(others(oldStatus?.conditions), others(status?.conditions));
}

const nowhere: ReadonlyMap<string, string> = new Map();

const isStarting = ({ createSandbox, startInit, start, startEphemeral }: PodActions): boolean =>
  createSandbox || startInit.length + start.length + startEphemeral.length > 0;

const isIdle = (actions: PodActions): boolean =>
  !actions.killPod && !actions.restartAll && actions.kill.length === 0 && !isStarting(actions);
