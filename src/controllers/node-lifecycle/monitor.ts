import { sleep } from '../../base/clock.ts';
import type { Env } from '../../base/env.ts';
import type { Lease as LeaseObject } from '../../api/generated/coordination/v1.ts';
import type { Node as NodeObject, ObjectReference, Pod as PodObject } from '../../api/generated/core/v1.ts';
import { Lease } from '../../api/kinds/coordination/lease.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { timestampOf } from '../../api/timestamps.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { byNode, type Informers } from '../../client/informers.ts';
import { conditionsInSilence, isNodeReady, isSilent, nodeCondition, observeHealth, type GracePeriods, type NodeHealth } from './health.ts';
import { changeNode } from './node-writes.ts';
import { markPodsNotReady } from './pods-not-ready.ts';
import { TaintQueue } from './taint-queue.ts';
import { evictingKey, hasTaint, withEvictingTaint, withoutEvictingTaints } from './taints.ts';
import { countZones, judgeDisruption, zoneOf, type EvictionRules, type ZoneState } from './zones.ts';

export interface MonitorOptions {
  readonly client: Client;
  readonly informers: Informers;
  readonly events: EventRecorder;
  readonly env: Env;
  readonly rules: GracePeriods & EvictionRules & { readonly nodeMonitorPeriodMs: number };
}

/**
 * Looks at all nodes every few seconds: says of those whose kubelets have fallen silent that nothing is
 * known of them, and lets those that are not ready be tainted NoExecute, one by one in each zone. Does
 * nothing at all while there are no nodes. Source: node_lifecycle_controller.go, monitorNodeHealth.
 */
export class NodeMonitor {
  readonly #options: MonitorOptions;
  readonly #nodes: Informer<NodeObject>;
  readonly #leases: Informer<LeaseObject>;
  readonly #pods: Informer<PodObject>;
  /** Nodes that were there in the last pass, by name. */
  readonly #known = new Map<string, { readonly uid: string; readonly health: NodeHealth }>();
  /** Nodes whose pods could not all be marked. */
  readonly #unmarked = new Set<string>();
  readonly #queues = new Map<string, TaintQueue>();
  #zones: ReadonlyMap<string, ZoneState> = new Map();
  #running = false;
  #cancelTainting: (() => void) | undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#nodes = options.informers.of(Node);
    this.#leases = options.informers.of(Lease);
    this.#pods = options.informers.of(Pod);
  }

  start(): void {
    this.#nodes.onChange(() => this.#wake());
    this.#pods.onChange(({ now, old }) => {
      const node = now?.spec.nodeName;
      if (node !== undefined && node !== old?.spec.nodeName) this.#bound(now!, node);
    });
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    this.#options.env.clock.after(0, () => void this.#run());
  }

  async #run(): Promise<void> {
    const { env, rules } = this.#options;
    if (env.signal.aborted) return;
    try {
      await this.#pass();
    } catch (error) {
      env.log.error(error, 'Error monitoring node health');
    }
    this.#running = this.#known.size > 0 || this.#nodes.list().length > 0;
    if (this.#running) void sleep(env.clock, rules.nodeMonitorPeriodMs, env.signal).then(() => this.#run());
  }

  async #pass(): Promise<void> {
    const nodes = this.#nodes.list();
    this.#forgetRemoved();
    const current: NodeObject[] = [];
    for (const node of nodes) current.push(await this.#look(node));
    await this.#handleDisruption(current);
    this.#scheduleTainting();
  }

  #forgetRemoved(): void {
    for (const [name, { uid }] of this.#known) {
      if (this.#nodes.get(name)) continue;
      this.#event(name, uid, 'RemovingNode', `Removing Node ${name} from Controller`);
      this.#known.delete(name);
      this.#unmarked.delete(name);
      for (const queue of this.#queues.values()) queue.remove(name);
    }
  }

  /** The node as it is after the look. */
  async #look(node: NodeObject): Promise<NodeObject> {
    const name = node.metadata.name!;
    const uid = node.metadata.uid ?? '';
    const before = this.#known.get(name);
    if (!before) {
      this.#event(name, uid, 'RegisteredNode', `Registered Node ${name} in Controller`);
      // It may have been lost while nobody looked.
      if (evictingKey(node) !== undefined) this.#unmarked.add(name);
    }
    const nowMs = this.#options.env.clock.now();
    const health = observeHealth(before?.health, node, this.#leases.get(`kube-node-lease/${name}`), nowMs);
    this.#known.set(name, { uid, health });
    this.#queueForTainting(node);
    try {
      const current = isSilent(health, node, this.#options.rules, nowMs) ? await this.#declareUnknown(node) : node;
      if (this.#unmarked.has(name)) await this.#markPods(current);
      return current;
    } catch (error) {
      this.#options.env.log.error(error, 'Failed to update the health of a node; will try in the next pass', { node: name });
      return node;
    }
  }

  async #declareUnknown(node: NodeObject): Promise<NodeObject> {
    const { client, env } = this.#options;
    const now = timestampOf(env.clock.now());
    const heartbeat = nodeCondition(node, 'Ready')?.lastHeartbeatTime;
    const silence = (one: NodeObject): NodeObject | undefined => {
      // It has spoken after all.
      if (nodeCondition(one, 'Ready')?.lastHeartbeatTime !== heartbeat) return undefined;
      const conditions = conditionsInSilence(one, now);
      return conditions && { ...one, status: { ...one.status, conditions } };
    };
    // Noted before: the answer to the write may get lost.
    if (isNodeReady(node)) this.#unmarked.add(node.metadata.name!);
    const current = (await changeNode(client, node, silence, 'status')) ?? node;
    if (isNodeReady(node) && !isNodeReady(current)) {
      const { name, uid } = node.metadata;
      this.#options.events.event(nodeReference(name!, uid ?? ''), 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    }
    return current;
  }

  async #markPods(node: NodeObject): Promise<void> {
    const name = node.metadata.name!;
    if (!isNodeReady(node))
      await markPodsNotReady(this.#pods.byIndex(byNode, name), { ...this.#options, nowMs: this.#options.env.clock.now() });
    this.#unmarked.delete(name);
  }

  /** A pod that was bound to a node which is not ready; the copies of both may have been late. */
  #bound(pod: PodObject, nodeName: string): void {
    const node = this.#nodes.get(nodeName);
    if (!node || !nodeCondition(node, 'Ready') || isNodeReady(node) || !this.#known.has(nodeName)) return;
    markPodsNotReady([pod], { ...this.#options, nowMs: this.#options.env.clock.now() }).catch((error: unknown) => {
      this.#options.env.log.verbose(2, 'A pod could not be marked; will try in the next pass', { error: String(error) });
      this.#unmarked.add(nodeName);
    });
  }

  #queueForTainting(node: NodeObject): void {
    const queue = this.#queueOf(zoneOf(node));
    const key = evictingKey(node);
    if (key !== undefined && !hasTaint(node, key, 'NoExecute')) queue.add(node.metadata.name!);
    else queue.remove(node.metadata.name!);
  }

  #queueOf(zone: string): TaintQueue {
    let queue = this.#queues.get(zone);
    if (!queue) this.#queues.set(zone, (queue = new TaintQueue(this.#options.rules.nodeEvictionRate)));
    return queue;
  }

  async #handleDisruption(nodes: readonly NodeObject[]): Promise<void> {
    const { env, rules } = this.#options;
    const { states, rates, everywhere } = judgeDisruption(this.#zones, countZones(nodes), rules);
    this.#zones = states;
    for (const [zone, rate] of rates) this.#queueOf(zone).setRate(rate, env.clock.now());
    if (everywhere === 'began') {
      env.log.info('Controller detected that all Nodes are not-Ready. Entering master disruption mode');
      for (const node of nodes) await this.#untaint(node);
    } else if (everywhere === 'ended') {
      env.log.info('Controller detected that some Nodes are Ready. Exiting master disruption mode');
      const heardAtMs = env.clock.now();
      for (const [name, { uid, health }] of this.#known) this.#known.set(name, { uid, health: { ...health, heardAtMs } });
    }
  }

  async #untaint(node: NodeObject): Promise<void> {
    try {
      await changeNode(this.#options.client, node, (one) => {
        const taints = withoutEvictingTaints(one);
        return taints && { ...one, spec: { ...one.spec, taints } };
      });
    } catch (error) {
      this.#options.env.log.error(error, 'Failed to remove taints from Node', { node: node.metadata.name });
    }
  }

  /** Arms a timer for the first queue that may let a node out. */
  #scheduleTainting(): void {
    this.#cancelTainting?.();
    this.#cancelTainting = undefined;
    const { clock } = this.#options.env;
    const waits = [...this.#queues.values()].flatMap((queue) => queue.waitMs(clock.now()) ?? []);
    if (waits.length > 0) this.#cancelTainting = clock.after(Math.min(...waits), () => void this.#taintNext());
  }

  async #taintNext(): Promise<void> {
    const { client, env } = this.#options;
    if (env.signal.aborted) return;
    for (const queue of this.#queues.values()) {
      const name = queue.take(env.clock.now());
      const node = name === undefined ? undefined : this.#nodes.get(name);
      if (!node) continue;
      try {
        await changeNode(client, node, (one) => {
          const taints = withEvictingTaint(one, timestampOf(env.clock.now()));
          return taints && { ...one, spec: { ...one.spec, taints } };
        });
      } catch (error) {
        env.log.error(error, 'Unable to taint unresponsive Node', { node: name });
        queue.add(name!);
      }
    }
    this.#scheduleTainting();
  }

  #event(name: string, uid: string, reason: string, what: string): void {
    this.#options.events.event(nodeReference(name, uid), 'Normal', reason, `Node ${name} event: ${what}`);
  }
}

const nodeReference = (name: string, uid: string): ObjectReference => ({ apiVersion: 'v1', kind: 'Node', name, uid });
