import type { Env } from '../base/env.ts';
import type { Pod as PodType } from '../api/generated/core/v1.ts';
import type { Kind } from '../api/kind.ts';
import { Namespace } from '../api/kinds/core/namespace.ts';
import { Pod } from '../api/kinds/core/pod.ts';
import type { Client } from '../client/client.ts';
import { eventSeriesRecorder } from '../client/event-series-recorder.ts';
import { byNamespace, type Informers } from '../client/informers.ts';
import { bindPod } from './binding.ts';
import { SchedulerCache } from './cache.ts';
import { ClusterChanges } from './cluster-changes.ts';
import { defaultSchedulerName, type KubeSchedulerConfiguration, type KubeSchedulerProfile } from './config.ts';
import { errorFailure, SchedulingCycle, type Chosen, type Failure } from './cycle.ts';
import { notesOf } from './cycle-state.ts';
import { fits, podAdded, podRemoved } from './filtering.ts';
import type { Handle, PluginFactory } from './framework.ts';
import { truncatedNote } from './messages.ts';
import { podKey } from './pod-info.ts';
import { patchStatus, referenceToPod } from './pod-status.ts';
import { makeProfile, type Profile } from './profile.ts';
import type { QueuedPod } from './queue/queued-pod.ts';
import { SchedulingQueue } from './queue/scheduling-queue.ts';

export interface SchedulingLoopOptions {
  readonly client: Client;
  readonly config: KubeSchedulerConfiguration;
  readonly informers: Informers;
  readonly plugins: readonly PluginFactory[];
}

/** After so many pods, or so long, others get a turn: what is bound meanwhile has to reach the API. */
const podsPerTurn = 64;
const turnMs = 10;

/** Takes pods from the queue, one cycle after the other, and sees to what comes of each. */
export class SchedulingLoop {
  readonly #client: Client;
  readonly #env: Env;
  readonly #informers: Informers;
  readonly #cache = new SchedulerCache();
  readonly #queue: SchedulingQueue;
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #cycle: SchedulingCycle;
  #synced = false;
  #turnIsDue = false;

  constructor({ client, config, informers, plugins }: SchedulingLoopOptions, env: Env) {
    this.#client = client;
    this.#env = env;
    this.#informers = informers;
    this.#queue = new SchedulingQueue({
      clock: env.clock,
      backoff: { initialMs: (config.podInitialBackoffSeconds ?? 1) * 1000, maxMs: (config.podMaxBackoffSeconds ?? 10) * 1000 },
      rulesFor: (pod) => this.#profileOf(pod),
      onReady: () => this.#wake(),
    });
    this.#cycle = new SchedulingCycle({ cache: this.#cache, nominator: this.#queue.nominator, rng: env.rng });
    const { percentageOfNodesToScore = 0, profiles = [{}] } = config;
    this.#profiles = new Map(profiles.map((profile) => [nameOf(profile), this.#makeProfile(profile, percentageOfNodesToScore, plugins)]));
  }

  /** Resolves when it knows the cluster and begins to schedule. */
  async start(): Promise<void> {
    const { signal } = this.#env;
    const isOurs = (pod: PodType): boolean => this.#profiles.has(schedulerOf(pod));
    const changes = new ClusterChanges({ cache: this.#cache, queue: this.#queue, isOurs });
    const end = changes.listen(this.#informers, this.#kinds());
    const stop = (): void => {
      end();
      this.#queue.close();
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    await this.#informers.synced();
    this.#synced = true;
    this.#wake();
  }

  /** What plugins read or want to hear of; of all of it there must be an informer before the first cycle. */
  #kinds(): Set<Kind> {
    const plugins = Array.from(this.#profiles.values(), (profile) => profile.plugins).flat();
    return new Set([Namespace, ...plugins.flatMap(({ reads = [], events = [] }) => [...reads, ...events.map(({ kind }) => kind)])]);
  }

  #makeProfile(config: KubeSchedulerProfile, percentageOfNodesToScore: number, factories: readonly PluginFactory[]): Profile {
    const profile: Profile = makeProfile({
      config,
      percentageOfNodesToScore,
      factories,
      handle: this.#handle(nameOf(config), () => profile),
    });
    return profile;
  }

  #handle(schedulerName: string, profile: () => Profile): Handle {
    const { clock, rng } = this.#env;
    const informers = this.#informers;
    const { nominator } = this.#queue;
    return {
      get: (kind, key) => informers.of(kind).get(key),
      list: (kind, namespace) => (namespace === undefined ? informers.of(kind).list() : informers.of(kind).byIndex(byNamespace, namespace)),
      namespaceLabels: (namespace) => informers.of(Namespace).get(namespace)?.metadata.labels,
      client: this.#client,
      clock,
      rng,
      events: eventSeriesRecorder({ client: this.#client, env: this.#env, component: schedulerName }),
      snapshot: () => this.#cache,
      fits: (notes, pod, node) => fits(profile(), notesOf(notes), pod, node, nominator),
      podAdded: (notes, pod, added, node) => podAdded(profile(), notesOf(notes), pod, added, node),
      podRemoved: (notes, pod, removed, node) => podRemoved(profile(), notesOf(notes), pod, removed, node),
      nominated: (nodeName) => nominator.on(nodeName),
      activate: (pod) => this.#queue.activate(podKey(pod)),
    };
  }

  #profileOf(pod: PodType): Profile {
    const profile = this.#profiles.get(schedulerOf(pod));
    if (!profile) throw new RangeError(`profile not found for scheduler name ${JSON.stringify(schedulerOf(pod))}`);
    return profile;
  }

  #wake(): void {
    if (!this.#synced || this.#turnIsDue || this.#env.signal.aborted) return;
    this.#turnIsDue = true;
    this.#env.clock.after(0, () => {
      this.#turnIsDue = false;
      if (!this.#env.signal.aborted) this.#turn();
    });
  }

  #turn(): void {
    const { clock } = this.#env;
    const endMs = clock.monotonic() + turnMs;
    for (let left = podsPerTurn; left > 0 && clock.monotonic() < endMs; left--) {
      const queued = this.#queue.pop();
      if (!queued) return;
      this.#schedule(queued);
    }
    if (this.#queue.ready) this.#wake();
  }

  #schedule(queued: QueuedPod): void {
    const { pod, key } = queued.info;
    const profile = this.#profileOf(pod);
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#tell(profile, pod, 'Warning', 'FailedScheduling', `skip schedule deleting pod: ${key}`, 'Scheduling');
      return;
    }
    if (this.#cache.isAssumed(key)) return;
    const outcome = this.#cycle.run(profile, queued.info);
    if ('failure' in outcome) this.#failed(profile, queued, outcome.failure);
    else this.#bind(profile, queued, outcome.chosen).catch((error: unknown) => this.#env.log.error(error, 'Binding failed', { pod: key }));
  }

  async #bind(profile: Profile, queued: QueuedPod, chosen: Chosen): Promise<void> {
    const { pod, nodeName, notes } = chosen;
    const failure = await bindPod(profile, chosen);
    if (this.#env.signal.aborted) return;
    if (!failure) {
      this.#tell(profile, pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${nodeName}`, 'Binding');
      for (const plugin of profile.postBind) plugin.postBind(notes, pod, nodeName);
      return;
    }
    this.#cycle.giveUp(profile, chosen);
    const event = { kind: Pod, old: pod.pod };
    if (!failure.rejected) this.#queue.tell(event);
    this.#failed(profile, queued, { ...errorFailure(failure.message), ...(failure.rejected && { reason: 'Unschedulable' }) });
    if (failure.rejected) this.#queue.tell(event, (other) => other.metadata.uid !== pod.pod.metadata.uid);
  }

  /** Puts the pod back, and tells why. Source: kube-scheduler's handleSchedulingFailure. */
  #failed(profile: Profile, queued: QueuedPod, { reason, message, plugins, pendingPlugins, nominated }: Failure): void {
    const { log, clock } = this.#env;
    const { key } = queued.info;
    const pod = this.#informers.of(Pod).get(key);
    if (!pod || pod.metadata.uid !== queued.info.pod.metadata.uid || pod.spec.nodeName) return;
    if (reason === 'SchedulerError') log.error(new Error(message), 'Error scheduling pod; retrying', { pod: key });
    for (const plugin of plugins) queued.unschedulablePlugins.add(plugin);
    for (const plugin of pendingPlugins) queued.pendingPlugins.add(plugin);
    this.#queue.giveBack(queued, pod);
    this.#queue.nominator.put(queued.info, nominated);
    this.#tell(profile, pod, 'Warning', 'FailedScheduling', truncatedNote(message), 'Scheduling');
    const change = {
      condition: { type: 'PodScheduled', status: 'False', reason, message },
      ...(nominated !== undefined && { nominatedNodeName: nominated }),
    };
    patchStatus(this.#client, pod, change, clock.now()).catch((error: unknown) => log.error(error, 'Error updating pod', { pod: key }));
  }

  #tell({ events }: Profile, pod: PodType, type: 'Normal' | 'Warning', reason: string, note: string, action: string): void {
    events.event(referenceToPod(pod), type, reason, note, { action });
  }
}

const nameOf = ({ schedulerName = defaultSchedulerName }: KubeSchedulerProfile): string => schedulerName;
const schedulerOf = ({ spec }: PodType): string => spec.schedulerName ?? defaultSchedulerName;
