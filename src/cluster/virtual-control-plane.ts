import type { Clock } from '../base/clock.ts';
import type { Env } from '../base/env.ts';
import { silentLog, type Log } from '../base/log.ts';
import { seededRng } from '../base/rng.ts';
import { seededCrypto } from '../base/seeded-crypto.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import type { ApiServer, Credentials } from '../api/call.ts';
import { allKinds } from '../api/kinds/all.ts';
import { metricsApi } from '../addons/metrics/api.ts';
import { metricsServerAccount } from '../addons/metrics/install.ts';
import { ensureBootstrap } from '../apiserver/bootstrap.ts';
import { startApiServer, type RunningApiServer } from '../apiserver/server.ts';
import type { Client } from '../client/client.ts';
import { typedClient } from '../client/typed-client.ts';
import type { ControllerFlags } from '../controllers/flags.ts';
import type { KubeletConfig } from '../kubelet/config.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { settingsOf, type ComponentArgs, type ReadFile } from './component-args.ts';
import { startComponents, type Components } from './components.ts';
import { controllerManager, serviceAccount, startServerControllers } from './controllers.ts';
import { clients } from './pki.ts';
import { nodeAddress, SimulatedNodes } from './simulated-nodes.ts';
import { defaultServiceSubnet, podSubnet, type NodeSpec } from './spec.ts';
import { repeatInTurns, turn } from './virtual-turns.ts';

export interface VirtualControlPlaneOptions {
  /** 1 when absent. The same seed and the same calls give the same history. */
  readonly seed?: number;
  readonly startMs?: number;
  /** With nodes there are kubelets and a scheduler too; without, controllers alone. */
  readonly nodes?: readonly NodeSpec[];
  /** Flags of the components, as a person gives them. */
  readonly args?: ComponentArgs;
  /** Reads files that `args` name; there are none when absent. */
  readonly readFile?: ReadFile;
  /** Flags of kube-controller-manager that are not to be its defaults. */
  readonly flags?: Partial<ControllerFlags>;
  /** Fields of the kubelets' configuration that are not to be their defaults. */
  readonly kubelet?: Partial<KubeletConfig>;
  /** `--controllers`; all when absent. */
  readonly controllers?: readonly string[];
  readonly log?: (clock: Clock) => Log;
  /** Each component's way to the API server; straight when absent. */
  readonly wayOf?: (component: string, api: ApiServer, env: Env) => ApiServer;
  /** Decoded objects are frozen, so that who writes into what is shared fails; on when absent. */
  readonly freeze?: boolean;
}

/** A cluster in memory, without a port, on time that stands still until it is moved. */
export interface VirtualControlPlane extends Disposable {
  readonly client: Client;
  readonly api: RunningApiServer;
  readonly store: Store;
  readonly nodes: SimulatedNodes;
  /** Absent where there are no nodes. */
  readonly components?: Components;
  /** What components may be started with; it ends with the control plane. */
  readonly env: Env;
  readonly clock: VirtualClock;
  /** Timers that have fired so far. */
  readonly timersFired: () => number;
  /** Lets time pass until it holds; rejects after `limitMs` of virtual time, a minute when absent. */
  until(holds: () => Promise<boolean>, limitMs?: number): Promise<void>;
}

/** The CA that root-ca-publisher writes. */
export const virtualCaPem = '-----BEGIN CERTIFICATE-----\nvirtual\n-----END CERTIFICATE-----\n';

const administrator: Credentials = { by: 'identity', user: { name: clients.superAdmin.name, groups: clients.superAdmin.groups } };

export async function startVirtualControlPlane(options: VirtualControlPlaneOptions = {}): Promise<VirtualControlPlane> {
  const { seed = 1, startMs, nodes: nodeSpecs = [], args = {}, log, wayOf, freeze = true } = options;
  const settings = settingsOf(args, options.readFile ?? noFile);
  const flags = { ...settings.flags, ...options.flags };
  const controllers = options.controllers ?? settings.controllers;
  const serviceSubnet = settings.serviceSubnet ?? defaultServiceSubnet;
  const clock = new VirtualClock({ turn, repeat: repeatInTurns, ...(startMs !== undefined && { startMs }) });
  const counted = countingClock(clock);
  const life = new AbortController();
  // Each part has chance of its own, so that names stay as they are when a kubelet throws dice once more.
  const rng = seededRng(seed);
  const ownRng = () => seededRng(rng.below(2 ** 32));
  const env: Env = {
    clock: counted,
    rng: ownRng(),
    crypto: seededCrypto(ownRng()),
    log: log?.(clock) ?? silentLog,
    signal: life.signal,
  };
  const store = new MemoryStore({ env });
  const nodes = new SimulatedNodes({ ...env, rng: ownRng() }, 'virtual', options.kubelet);
  const api = await startApiServer({
    ...settings.server,
    runtimeConfig: new Map(Object.entries(settings.runtimeConfig)),
    env: { ...env, rng: ownRng() },
    store,
    kinds: allKinds,
    serviceAccountKeys: env.crypto.generateKeyPair('ecdsa-p256'),
    externalAddress: () => '127.0.0.1:6443',
    serviceSubnet,
    freeze,
    connector: nodes.connector,
    aggregated: [metricsApi({ clock, client: () => metricsClient, statsOf: (name) => nodes.statsOf(name) })],
  });
  const client = typedClient({ api: api.call, credentials: administrator, userAgent: 'test' });
  const metricsClient = typedClient({ api: api.call, credentials: serviceAccount(metricsServerAccount.name), userAgent: 'metrics-server' });
  const addresses = { apiAddress: nodeAddress(0), apiPort: 6443, serviceSubnet };
  await ensureBootstrap(client, { ...addresses, clientCa: virtualCaPem, nowMs: clock.now() });

  const envOf = () => ({ ...env, rng: ownRng() });
  const start = async (): Promise<Components | undefined> => {
    if (nodeSpecs.length > 0) {
      const allFlags = { rootCaPem: virtualCaPem, clusterCidr: podSubnet(nodeSpecs.length), ...flags };
      const ways = wayOf && { wayOf: (component: string) => wayOf(component, api.call, env) };
      const chosen = { ...(controllers && { controllers }), ...(settings.scheduler && { schedulerConfig: settings.scheduler }) };
      return startComponents({ server: api, client, env, envOf, nodes, nodeSpecs, flags: allFlags, ...chosen, ...ways });
    }
    await startServerControllers(api, env);
    const manager = controllerManager({
      server: api,
      api: wayOf?.('kube-controller-manager', api.call, env) ?? api.call,
      flags: { rootCaPem: virtualCaPem, ...flags },
      ...(controllers && { controllers }),
    });
    await (
      await manager.start(env)
    ).ready;
    return undefined;
  };
  const components = await withTime(clock, start());
  await clock.settle();
  return {
    client,
    api,
    store,
    nodes,
    ...(components && { components }),
    env,
    clock,
    timersFired: () => counted.fired,
    async until(holds, limitMs = 60_000) {
      const endMs = clock.monotonic() + limitMs;
      while (!(await holds())) {
        if (clock.monotonic() >= endMs) throw new Error(`after ${limitMs} ms it still does not hold: ${holds.toString()}`);
        await clock.advance(stepMs);
      }
    },
    [Symbol.dispose]() {
      life.abort();
      void nodes.stop();
      api[Symbol.dispose]();
    },
  };
}

const noFile: ReadFile = (path) => {
  throw new Error(`open ${path}: no such file or directory`);
};

const stepMs = 50;
/** So long a start may take, of virtual time. */
const startLimitMs = 600_000;

/** Lets time pass until the promise has settled. */
async function withTime<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  const waiting = { for: true };
  const watched = promise.finally(() => (waiting.for = false));
  // Whoever waits for it hears of the failure; this is only lest it count as unheard meanwhile.
  watched.catch(() => undefined);
  await clock.settle();
  const endMs = clock.monotonic() + startLimitMs;
  while (waiting.for && clock.monotonic() < endMs) await clock.advance(stepMs);
  if (waiting.for) throw new Error(`the cluster has not started within ${startLimitMs} ms`);
  return watched;
}

function countingClock(clock: Clock): Clock & { readonly fired: number } {
  let fired = 0;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, fire) =>
      clock.after(delayMs, () => {
        fired++;
        fire();
      }),
    get fired() {
      return fired;
    },
  };
}
