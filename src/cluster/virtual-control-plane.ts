import type { Clock } from '../base/clock.ts';
import type { Env } from '../base/env.ts';
import { silentLog } from '../base/log.ts';
import { seededRng } from '../base/rng.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import { allKinds } from '../api/kinds/all.ts';
import { ensureBootstrap } from '../apiserver/bootstrap.ts';
import { startApiServer, type RunningApiServer } from '../apiserver/server.ts';
import type { Client } from '../client/client.ts';
import type { ControllerFlags } from '../controllers/flags.ts';
import { typedClient } from '../client/typed-client.ts';
import { nodeCrypto } from '../machine/real/crypto.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { startControllers, startServerControllers } from './controllers.ts';
import { clients } from './pki.ts';
import { defaultServiceSubnet } from './spec.ts';

/** API server and controllers in memory, without a port, on time that stands still until it is moved. For tests. */
export interface VirtualControlPlane extends Disposable {
  readonly client: Client;
  readonly api: RunningApiServer;
  /** What components may be started with; it ends with the control plane. */
  readonly env: Env;
  readonly clock: VirtualClock;
  /** Timers that have fired so far. */
  readonly timersFired: () => number;
  /** Lets time pass until it holds; rejects after `limitMs` of virtual time, a minute when absent. */
  until(holds: () => Promise<boolean>, limitMs?: number): Promise<void>;
}

/** The CA that root-ca-publisher writes, in these tests. */
export const virtualCaPem = '-----BEGIN CERTIFICATE-----\nvirtual\n-----END CERTIFICATE-----\n';

export interface VirtualControlPlaneOptions {
  /** Flags of kube-controller-manager that are not to be its defaults. */
  readonly flags?: Partial<ControllerFlags>;
  /** `--controllers`; all when absent. */
  readonly controllers?: readonly string[];
  /** When it begins, in milliseconds since the epoch; 2026-01-01T00:00:00Z when absent. */
  readonly startMs?: number;
}

export async function startVirtualControlPlane({
  flags,
  controllers,
  startMs,
}: VirtualControlPlaneOptions = {}): Promise<VirtualControlPlane> {
  const clock = new VirtualClock({ turn: () => new Promise((done) => setImmediate(done)), ...(startMs !== undefined && { startMs }) });
  const counted = countingClock(clock);
  const life = new AbortController();
  const env: Env = { clock: counted, rng: seededRng(1), crypto: nodeCrypto(), log: silentLog, signal: life.signal };
  const api = await startApiServer({
    env,
    store: new MemoryStore({ env }),
    kinds: allKinds,
    serviceAccountKeys: env.crypto.generateKeyPair('ecdsa-p256'),
    externalAddress: () => '127.0.0.1:6443',
    serviceSubnet: defaultServiceSubnet,
    freeze: true,
  });
  const user = { name: clients.superAdmin.name, groups: clients.superAdmin.groups };
  const client = typedClient({ api: api.call, credentials: { by: 'identity', user }, userAgent: 'test' });
  const addresses = { apiAddress: '172.18.0.2', apiPort: 6443, serviceSubnet: defaultServiceSubnet };
  await ensureBootstrap(client, { ...addresses, clientCa: virtualCaPem, nowMs: clock.now() });
  await startServerControllers({ api, env });
  await startControllers({ api, env, flags: { rootCaPem: virtualCaPem, ...flags }, ...(controllers && { controllers }) });
  await clock.settle();
  return {
    client,
    api,
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
      api[Symbol.dispose]();
    },
  };
}

const stepMs = 50;

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
