import { sleep } from '../../base/clock.ts';
import type { Env } from '../../base/env.ts';
import { isAlreadyExists } from '../../api/errors.ts';
import type { Node as NodeType, NodeCondition, NodeStatus } from '../../api/generated/core/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { ContainerRuntime, RuntimeVersion } from '../../runtime/cri.ts';
import type { KubeletConfig } from '../config.ts';
import type { Machine } from '../ports.ts';
import { conditionEvent, nodeStatus, registeredNode } from './node-status.ts';
import { statusPatch } from './node-status-patch.ts';
import type { RuntimeHealth } from './runtime-health.ts';

export interface NodeSyncOptions {
  readonly nodeName: string;
  readonly client: Client;
  readonly env: Env;
  readonly config: KubeletConfig;
  readonly machine: Machine;
  readonly runtime: ContainerRuntime;
  readonly health: RuntimeHealth;
  readonly events: EventRecorder;
}

const firstRetryMs = 100;
const maxRetryMs = 7000;

/** Registers the node and keeps its status: looked at every ten seconds, written when it says something new or five minutes have passed. Source: pkg/kubelet/kubelet_node_status.go. */
export class NodeSync {
  readonly #options: NodeSyncOptions;
  #node: NodeType | undefined;
  /** It does not change under a running kubelet. */
  #version: RuntimeVersion = { runtimeName: '', runtimeVersion: '' };
  #podCidr = '';
  #reportedMs = -Infinity;
  #syncing: Promise<void> | undefined;
  #again = false;
  #cancel: (() => void) | undefined;

  constructor(options: NodeSyncOptions) {
    this.#options = options;
  }

  /** The object as it was seen or written last. */
  get node(): NodeType | undefined {
    return this.#node;
  }

  /** `containerd`: known once the node is registered. */
  get runtimeName(): string {
    return this.#version.runtimeName;
  }

  /** Resolves when the runtime answers and the API has the node; tries until then. */
  async register(): Promise<void> {
    const { env, config, nodeName, machine, events, runtime } = this.#options;
    this.#tell(events, 'Starting', 'Starting kubelet.');
    for (let waitMs = firstRetryMs; !env.signal.aborted; waitMs = Math.min(waitMs * 2, maxRetryMs)) {
      try {
        this.#version = await runtime.version();
        await this.#takePodCidr(config.podCidr);
        const status = await this.#status({});
        await this.#create(registeredNode(nodeName, config, machine, status));
        break;
      } catch (error) {
        env.log.verbose(2, 'Unable to register node with API server', { node: nodeName, err: error });
        await sleep(env.clock, waitMs, env.signal);
      }
    }
    await this.sync();
  }

  /** Looks again and again until the environment's signal aborts or `stop`. */
  begin(): void {
    const { env, config } = this.#options;
    if (env.signal.aborted) return;
    const everyMs = config.nodeStatusUpdateFrequencyMs * (1 + 0.04 * env.rng.next());
    this.#cancel = env.clock.after(everyMs, () => void this.sync().then(() => this.begin()));
  }

  stop(): void {
    this.#cancel?.();
  }

  /** The object has changed, by whomever. */
  observe(node: NodeType | undefined): void {
    if (!node || revision(node) <= revision(this.#node)) return;
    const { unschedulable = false } = this.#node?.spec ?? {};
    const known = this.#node !== undefined;
    this.#node = node;
    if (known && (node.spec.unschedulable ?? false) !== unschedulable) {
      this.#tellState(node.spec.unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable');
    }
    if (this.#podCidr !== (node.spec.podCIDR ?? this.#podCidr) || !this.#saysTheSame(node)) void this.sync();
  }

  /** One look; those asked for meanwhile are one more. */
  sync(): Promise<void> {
    if (this.#syncing) {
      this.#again = true;
      return this.#syncing;
    }
    this.#syncing = this.#syncUntilDone().finally(() => (this.#syncing = undefined));
    return this.#syncing;
  }

  async #syncUntilDone(): Promise<void> {
    const { env } = this.#options;
    do {
      this.#again = false;
      try {
        await this.#syncOnce();
      } catch (error) {
        if (!env.signal.aborted) env.log.verbose(2, 'Error updating node status, will retry', { err: error });
      }
    } while (this.#again && !env.signal.aborted);
  }

  async #syncOnce(): Promise<void> {
    const { client, env, config, nodeName } = this.#options;
    const node = this.#node;
    if (!node) return;
    await this.#takePodCidr(node.spec.podCIDR ?? '');
    const status = await this.#status(node.status);
    const due = env.clock.monotonic() - this.#reportedMs >= config.nodeStatusReportFrequencyMs;
    if (!due && semanticallyEqual(withoutHeartbeats(status), withoutHeartbeats(ownPart(node.status, status)))) return;
    this.#tellChanges(node.status, status);
    const written = await client.patch(Node, { name: nodeName }, 'strategic', statusPatch(node.status, status), { subresource: 'status' });
    this.#reportedMs = env.clock.monotonic();
    if (revision(written) > revision(this.#node)) this.#node = written;
  }

  async #status(before: NodeStatus): Promise<NodeStatus> {
    const { nodeName, config, machine, runtime, health, env } = this.#options;
    await health.refresh();
    const images = health.problems.length === 0 ? await runtime.listImages() : [];
    return nodeStatus({
      nodeName,
      config,
      machine,
      version: this.#version,
      images,
      problems: health.problems,
      before,
      nowMs: env.clock.now(),
    });
  }

  async #create(node: NodeType): Promise<void> {
    const { client, env } = this.#options;
    const name = node.metadata.name!;
    try {
      this.#node = await client.create(Node, node);
      this.#reportedMs = env.clock.monotonic();
      this.#tellChanges({}, node.status);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const known = await client.get<NodeType>(Node, { name });
      const labels = node.metadata.labels ?? {};
      const stale = Object.entries(labels).some(([key, value]) => known.metadata.labels?.[key] !== value);
      this.#node = stale ? await client.patch(Node, { name }, 'merge', { metadata: { labels } }) : known;
      this.#tellReboot(known.status, node.status);
    }
  }

  async #takePodCidr(podCidr: string): Promise<void> {
    if (podCidr === '' || podCidr === this.#podCidr) return;
    await this.#options.runtime.updateRuntimeConfig({ podCidr });
    this.#podCidr = podCidr;
  }

  /** Did somebody else (the node lifecycle controller, say) change what we say of the node? */
  #saysTheSame({ status }: NodeType): boolean {
    const ready = status.conditions?.find(({ type }) => type === 'Ready');
    return ready?.status === (this.#options.health.problems.length === 0 ? 'True' : 'False');
  }

  #tellReboot({ nodeInfo: old }: NodeStatus, { nodeInfo }: NodeStatus): void {
    if (!old?.bootID || old.bootID === nodeInfo?.bootID) return;
    const { events, nodeName } = this.#options;
    const message = `Node ${nodeName} has been rebooted, boot id: ${nodeInfo?.bootID}`;
    events.event({ kind: 'Node', name: nodeName, uid: nodeName, apiVersion: 'v1' }, 'Warning', 'Rebooted', message);
  }

  #tellChanges(old: NodeStatus, { conditions = [] }: NodeStatus): void {
    for (const condition of conditions) {
      const before = old.conditions?.find(({ type }) => type === condition.type);
      const firstNotReady = !before && condition.type === 'Ready' && condition.status !== 'True';
      if (before?.status !== condition.status && !firstNotReady) this.#tellState(conditionEvent(condition));
    }
  }

  #tellState(state: string): void {
    this.#tell(this.#options.events, state, `Node ${this.#options.nodeName} status is now: ${state}`);
  }

  #tell(events: EventRecorder, reason: string, message: string): void {
    const { nodeName } = this.#options;
    events.event({ kind: 'Node', name: nodeName, uid: nodeName, apiVersion: 'v1' }, 'Normal', reason, message);
  }
}

const revision = (node: NodeType | undefined): number => Number(node?.metadata.resourceVersion ?? 0);

/** Of what the API has, the fields and conditions that a kubelet writes. */
function ownPart(inApi: NodeStatus, own: NodeStatus): NodeStatus {
  const fields = Object.keys(own) as (keyof NodeStatus)[];
  const picked: NodeStatus = Object.fromEntries(fields.map((field) => [field, inApi[field]]));
  const types = new Set(own.conditions?.map(({ type }) => type));
  return { ...picked, conditions: (inApi.conditions ?? []).filter(({ type }) => types.has(type)) };
}

const withoutHeartbeats = (status: NodeStatus): NodeStatus => ({
  ...status,
  conditions: (status.conditions ?? []).map(withoutTimes).sort((a, b) => (a.type < b.type ? -1 : 1)),
});

function withoutTimes(condition: NodeCondition): NodeCondition {
  const { lastHeartbeatTime: _, lastTransitionTime: __, ...rest } = condition;
  return rest;
}
