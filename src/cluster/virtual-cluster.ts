import { readFileSync } from 'node:fs';
import type { ApiServer } from '../api/call.ts';
import type { Client } from '../client/client.ts';
import type { ComponentArgs } from './component-args.ts';
import { defaultNodes, simulatedNodes } from './spec.ts';
import { startVirtualControlPlane } from './virtual-control-plane.ts';

export interface VirtualClusterOptions extends ComponentArgs {
  readonly clock: 'virtual';
  /** All chance comes from it: the same seed and the same calls give the same history, to the byte. 1 when absent. */
  readonly seed?: number;
  /** Names the cluster's nodes; `slipway` when absent. */
  readonly name?: string;
  /** Worker nodes beside the control plane; 0 when absent. */
  readonly workers?: number;
  /** More nodes, called `NAME-sim-1` and so on; 0 when absent. */
  readonly simNodes?: number;
  /** Where time begins, in milliseconds since the epoch; 2026-01-01T00:00:00Z when absent. */
  readonly startMs?: number;
}

/** A cluster on time that stands still until it is moved: a day passes in seconds, and each run is the same. It has no port. */
export interface VirtualCluster extends AsyncDisposable {
  readonly name: string;
  /** With an administrator's rights. */
  readonly client: Client;
  readonly api: ApiServer;
  /** Milliseconds since the epoch, by the cluster's own clock. */
  now(): number;
  /** Lets `ms` pass: whatever is due in that time happens, in order. */
  advance(ms: number): Promise<void>;
  /** Lets everything happen that needs no time to pass. */
  settle(): Promise<void>;
  /** Lets time pass until it holds; rejects after `limitMs` of the cluster's time, a minute when absent. */
  until(holds: () => Promise<boolean>, limitMs?: number): Promise<void>;
  /** Pulls a node's plug. Throws for a name that no node has. */
  powerOff(node: string): Promise<void>;
  powerOn(node: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startVirtualCluster(options: VirtualClusterOptions): Promise<VirtualCluster> {
  const { seed = 1, name = 'slipway', workers = 0, simNodes = 0, startMs, apiServer, controllerManager, scheduler } = options;
  const nodeSpecs = [...defaultNodes(name, workers), ...simulatedNodes(name, simNodes)];
  const plane = await startVirtualControlPlane({
    seed,
    nodes: nodeSpecs,
    freeze: false,
    args: { ...(apiServer && { apiServer }), ...(controllerManager && { controllerManager }), ...(scheduler && { scheduler }) },
    readFile: (path) => readFileSync(path, 'utf8'),
    ...(startMs !== undefined && { startMs }),
  });
  const { client, api, clock, nodes } = plane;
  const stop = async () => plane[Symbol.dispose]();
  return {
    name,
    client,
    api: api.call,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    settle: () => clock.settle(),
    until: (holds, limitMs) => plane.until(holds, limitMs),
    powerOff: async (node) => nodes.node(node).powerOff(),
    powerOn: async (node) => nodes.node(node).powerOn(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
