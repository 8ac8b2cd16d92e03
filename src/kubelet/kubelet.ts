import type { Component, Running } from '../base/component.ts';
import type { Env } from '../base/env.ts';
import type { ApiResult } from '../api/call.ts';
import { serviceUnavailable } from '../api/errors.ts';
import type { Client } from '../client/client.ts';
import { eventRecorder, type EventRecorder } from '../client/event-recorder.ts';
import type { FileSystem } from '../machine/files.ts';
import type { ContainerRuntime } from '../runtime/cri.ts';
import { apiNodeSource, apiPodSource, apiServiceSource } from './api-sources.ts';
import { defaultConfig, type KubeletConfig } from './config.ts';
import { BackOff } from './containers/back-off.ts';
import { ImagePuller } from './containers/image-puller.ts';
import { ObjectReader } from './containers/object-reader.ts';
import type { KubeletParts } from './kubelet-parts.ts';
import { NodeLease } from './node/node-lease.ts';
import { registeredNode } from './node/node-status.ts';
import { NodeSync } from './node/node-sync.ts';
import { RuntimeHealth } from './node/runtime-health.ts';
import { PodWorkers } from './pods/pod-workers.ts';
import {
  noVolumes,
  type Machine,
  type NodeSource,
  type PodSource,
  type ProbeTransport,
  type ServiceSource,
  type StatsSummary,
  type Volumes,
} from './ports.ts';
import { ProbeManager } from './probes/probe-manager.ts';
import { relist } from './relist.ts';
import { KubeletServer, type KubeletRequest } from './server/serve.ts';
import { StatusManager } from './status/status-manager.ts';

export interface KubeletOptions {
  readonly nodeName: string;
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  /** Where container logs are found, under `/var/log/pods`. */
  readonly files: FileSystem;
  readonly machine: Machine;
  readonly probes: ProbeTransport;
  /** Nothing is mounted when absent. */
  readonly volumes?: Volumes;
  /** A watch of this node's pods when absent; `sharedPodSource` for many kubelets in one process. */
  readonly pods?: PodSource;
  readonly nodes?: NodeSource;
  readonly services?: ServiceSource;
  readonly config?: Partial<KubeletConfig>;
}

/** One node's kubelet: a component that also answers what the API server passes on to its node. */
export interface KubeletComponent extends Component {
  readonly nodeName: string;
  start(env: Env): Promise<RunningKubelet>;
  /** 503 while the kubelet does not run. */
  serve(request: KubeletRequest): Promise<ApiResult>;
}

export interface RunningKubelet extends Running {
  serve(request: KubeletRequest): Promise<ApiResult>;
  stats(): Promise<StatsSummary>;
}

/**
 * Runs the pods of one node on a container runtime. It registers the node, renews its lease, keeps its
 * status, and sees that what the API says should run does; what it finds running at its start, it goes on
 * with. Stopping it leaves the pods running.
 */
export function kubelet(options: KubeletOptions): KubeletComponent {
  let running: RunningKubelet | undefined;
  return {
    name: 'kubelet',
    nodeName: options.nodeName,
    async start(env) {
      const started = new KubeletRun(options, env);
      started.begin();
      return (running = started);
    },
    async serve(request) {
      if (!running?.health().ok) throw serviceUnavailable(`the kubelet of node ${options.nodeName} does not run`);
      return running.serve(request);
    },
  };
}

class KubeletRun implements RunningKubelet {
  readonly ready: Promise<void>;
  readonly #options: KubeletOptions;
  readonly #life = new AbortController();
  readonly #env: Env;
  readonly #parts: KubeletParts;
  readonly #health: RuntimeHealth;
  readonly #node: NodeSync;
  readonly #lease: NodeLease;
  readonly #workers: PodWorkers;
  readonly #server: KubeletServer;
  readonly #ends: (() => void)[] = [];
  #markReady: () => void = () => {};

  constructor(options: KubeletOptions, outer: Env) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#markReady = resolve;
      this.#life.signal.addEventListener('abort', () => reject(new Error('the kubelet was stopped before it was ready')));
    });
    // Nobody need ask.
    this.ready.catch(() => {});
    const env = { ...outer, log: outer.log.named('kubelet'), signal: AbortSignal.any([outer.signal, this.#life.signal]) };
    this.#env = env;
    const { nodeName, client, runtime, machine } = options;
    const config = { ...defaultConfig, ...options.config };
    const events = eventRecorder({ client, env, component: 'kubelet', host: nodeName });
    this.#health = new RuntimeHealth(runtime);
    this.#node = new NodeSync({ nodeName, client, env, config, machine, runtime, health: this.#health, events });
    this.#lease = new NodeLease({ client, env, nodeName, durationSeconds: config.nodeLeaseDurationSeconds, node: () => this.#node.node });
    this.#parts = this.#makeParts(config, events);
    this.#workers = new PodWorkers({
      parts: this.#parts,
      node: () => this.#node.node ?? registeredNode(nodeName, config, machine, { allocatable: machine.capacity }),
      networkProblem: () => this.#health.networkProblem,
    });
    this.#server = new KubeletServer({
      parts: this.#parts,
      startedAtMs: env.clock.now(),
      pods: () => this.#workers.pods,
      podOf: (uid) => this.#workers.get(uid),
    });
  }

  begin(): void {
    void this.#begin().catch((error: unknown) => this.#env.log.error(error, 'The kubelet could not begin'));
  }

  async #begin(): Promise<void> {
    const { nodeName, runtime, pods, nodes, client } = this.#options;
    await this.#node.register();
    if (this.#env.signal.aborted) return;
    this.#ends.push(
      (nodes ?? apiNodeSource(client, this.#env)).follow(nodeName, (node) => this.#node.observe(node)),
      runtime.onEvent(({ podUid }) => this.#workers.wake(podUid)),
      (pods ?? apiPodSource(client, this.#env)).follow(nodeName, this.#workers),
      relist({
        runtime,
        clock: this.#env.clock,
        everyMs: this.#parts.config.relistMs,
        signal: this.#env.signal,
        changed: (uid) => this.#workers.wake(uid),
      }),
    );
    this.#node.begin();
    this.#markReady();
    await this.#lease.begin();
  }

  #makeParts(config: KubeletConfig, events: EventRecorder): KubeletParts {
    const { nodeName, client, runtime, files, machine, probes: transport, volumes = noVolumes, services } = this.#options;
    const env = this.#env;
    const runtimeName = () => this.#node.runtimeName;
    return {
      env,
      config,
      nodeName,
      client,
      runtime,
      get runtimeName() {
        return runtimeName();
      },
      files,
      machine,
      transport,
      volumes,
      services: services ?? apiServiceSource(client, env),
      objects: new ObjectReader(client),
      events,
      statuses: new StatusManager(client, env),
      images: new ImagePuller(runtime, env.clock, events),
      probes: new ProbeManager({
        env,
        runtime,
        transport,
        events,
        hostIps: machine.addresses,
        startedAtMs: env.clock.now(),
        changed: (uid) => this.#workers.probed(uid),
      }),
      crashes: new BackOff(10_000, config.crashLoopBackOffMaxMs),
      node: () => this.#node.node,
    };
  }

  health(): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
    return this.#env.signal.aborted ? { ok: false, reason: 'stopped' } : { ok: true };
  }

  serve(request: KubeletRequest): Promise<ApiResult> {
    return this.#server.serve(request);
  }

  stats(): Promise<StatsSummary> {
    return this.#server.stats();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    for (const end of this.#ends) end();
    this.#node.stop();
    this.#lease.stop();
    this.#workers.stop();
    this.#parts.probes.stop();
  }
}
