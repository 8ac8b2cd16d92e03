import { seededRng, type Rng } from '../../../src/base/rng.ts';
import type { ApiCall, ApiServer } from '../../../src/api/call.ts';
import { serviceUnavailable } from '../../../src/api/errors.ts';
import { faultyApi } from '../../../src/client/fault-injection.ts';
import type { Restartable } from '../../../src/cluster/restartable.ts';
import { defaultNodes } from '../../../src/cluster/spec.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../../src/cluster/virtual-control-plane.ts';
import type { StoreEvent } from '../../../src/store/store.ts';
import { invariants } from './invariants/all.ts';
import type { Invariant, RunningPod } from './invariant.ts';
import { ClusterModel, nameOf, type Change } from './model.ts';
import { scenarioOf, type Scenario } from './scenario.ts';
import { Traffic } from './traffic.ts';

export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly atMs: number;
  readonly revision: number;
  /** What went before, the newest last. */
  readonly history: readonly string[];
}

export interface Outcome {
  readonly scenario: Scenario;
  /** The first of each invariant. */
  readonly violations: readonly Violation[];
  readonly revisions: number;
  /** Of all that was written, and when. */
  readonly digest: number;
  /** How often each invariant was really held against something. */
  readonly looked: ReadonlyMap<string, number>;
  /** Virtual milliseconds from the end of the faults until all was well. */
  readonly convergedMs: number;
}

/** A whole cluster, at work, over a bad network, with all that may happen to it; then left alone. */
export async function runSeed(seed: number): Promise<Outcome> {
  const scenario = scenarioOf(seed);
  const network = new Network(scenario);
  using plane = await startVirtualControlPlane({
    seed,
    nodes: defaultNodes('v', scenario.workers),
    flags: { nodeMonitorGracePeriodMs: 20_000, nodeEvictionRate: 1 },
    wayOf: (component, api) => network.wayOf(component, api, () => plane.clock),
    freeze: false,
  });
  return await new Run(scenario, plane, network).whole();
}

const stepMs = 1_000;
const convergeLimitMs = 15 * 60_000;
/** So long nothing may be written before all counts as settled. */
const quietMs = 60_000;

class Run {
  readonly #scenario: Scenario;
  readonly #plane: VirtualControlPlane;
  readonly #network: Network;
  readonly #rng: Rng;
  readonly #witness: Witness;
  readonly #traffic: Traffic;
  /** When each thing that was stopped starts again, by monotonic time. */
  #repairs: { readonly atMs: number; readonly start: () => Promise<void> }[] = [];
  readonly #down = new Set<string>();

  constructor(scenario: Scenario, plane: VirtualControlPlane, network: Network) {
    this.#scenario = scenario;
    this.#plane = plane;
    this.#network = network;
    this.#rng = seededRng(scenario.seed);
    this.#witness = new Witness(plane);
    this.#traffic = new Traffic(plane.client, this.#rng, scenario, (what) => this.#witness.note(what));
  }

  async whole(): Promise<Outcome> {
    await this.#traffic.begin();
    await this.#pass(30_000);
    this.#network.isBad = true;
    const endMs = this.#plane.clock.monotonic() + this.#scenario.trafficMs;
    while (this.#plane.clock.monotonic() < endMs) {
      await this.#traffic.step();
      if (this.#rng.below(8) === 0) await this.#hinder();
      await this.#pass(this.#rng.below(this.#scenario.paceMs));
    }
    this.#network.isBad = false;
    await this.#repair(Infinity);
    await this.#traffic.heal();
    this.#witness.note('all is repaired');
    const convergedMs = await this.#converge();
    return { scenario: this.#scenario, convergedMs, ...this.#witness.outcome() };
  }

  /** Time goes by, in steps small enough to see what runs where. */
  async #pass(ms: number): Promise<void> {
    const endMs = this.#plane.clock.monotonic() + ms;
    while (this.#plane.clock.monotonic() < endMs) {
      await this.#plane.clock.advance(Math.min(stepMs * 3, endMs - this.#plane.clock.monotonic()));
      await this.#repair(this.#plane.clock.monotonic());
      await this.#witness.lookAtNodes();
    }
  }

  async #converge(): Promise<number> {
    const startMs = this.#plane.clock.monotonic();
    for (;;) {
      await this.#pass(10_000);
      const now = this.#plane.clock.monotonic();
      const isQuiet = now - this.#witness.lastWriteMs >= quietMs && now - startMs >= quietMs;
      if (isQuiet && this.#witness.isWell()) return now - startMs - quietMs;
      if (now - startMs < convergeLimitMs) continue;
      this.#witness.judgeEnd(isQuiet);
      return now - startMs;
    }
  }

  async #hinder(): Promise<void> {
    const { losses, restarts } = this.#scenario;
    const { nodes, components } = this.#plane;
    const dice = this.#rng.below(4);
    if (dice === 0 && losses) {
      const node = nodes.node(nodes.names[this.#rng.below(nodes.names.length)]!);
      await this.#takeDown(
        `the power of ${node.name}`,
        10_000 + this.#rng.below(90_000),
        () => node.powerOff(),
        () => node.powerOn(),
      );
      if (this.#rng.below(4) === 0 && !node.hasPower) await this.#traffic.removeNode(node.name);
    } else if (dice === 1 && restarts) {
      const node = nodes.node(nodes.names[this.#rng.below(nodes.names.length)]!);
      await this.#takeDown(
        `the kubelet of ${node.name}`,
        this.#rng.below(12_000),
        () => node.stop(),
        () => node.start(),
      );
    } else if (restarts && components) {
      await this.#restart(this.#rng.below(3) === 0 ? components.scheduler : components.controllerManager);
    }
  }

  async #restart(component: Restartable): Promise<void> {
    const stop = async () => {
      this.#network.died(component.name);
      await component.stop();
    };
    await this.#takeDown(component.name, this.#rng.below(10_000), stop, () => component.start());
  }

  async #takeDown(what: string, forMs: number, stop: () => Promise<void>, start: () => Promise<void>): Promise<void> {
    const node = what.slice(what.lastIndexOf(' ') + 1);
    if (this.#down.has(node)) return;
    this.#down.add(node);
    this.#witness.note(`${what} goes for ${forMs} ms`);
    await this.#inTime(stop());
    const restart = async () => {
      this.#witness.note(`${what} is back`);
      this.#down.delete(node);
      await this.#inTime(start());
    };
    this.#repairs.push({ atMs: this.#plane.clock.monotonic() + forMs, start: restart });
  }

  async #repair(byMs: number): Promise<void> {
    const due = this.#repairs.filter(({ atMs }) => atMs <= byMs);
    this.#repairs = this.#repairs.filter(({ atMs }) => atMs > byMs);
    for (const { start } of due) await start();
  }

  /** Lets the virtual time pass that the promise needs. */
  async #inTime(promise: Promise<void>): Promise<void> {
    const waiting = { for: true };
    const watched = promise.finally(() => (waiting.for = false));
    watched.catch(() => undefined);
    await this.#plane.clock.settle();
    for (let ms = 0; waiting.for && ms < 300_000; ms += 100) await this.#plane.clock.advance(100);
    if (waiting.for) throw new Error('something neither started nor stopped within 5 minutes');
    await watched;
  }
}

/** Bad while `isBad`. What a component that has died had still on its way never arrives. */
class Network {
  isBad = false;
  readonly #scenario: Scenario;
  readonly #lives = new Map<string, number>();
  readonly #sentIn = new WeakMap<ApiCall, number>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  died(component: string): void {
    this.#lives.set(component, this.#lifeOf(component) + 1);
  }

  wayOf(component: string, api: ApiServer, clock: () => VirtualControlPlane['clock']): ApiServer {
    const { seed, faults } = this.#scenario;
    const rng = seededRng(seed * 31 + component.length);
    let bad: ApiServer | undefined;
    return (call) => {
      if (!this.isBad || !faults) return api(call);
      this.#sentIn.set(call, this.#lifeOf(component));
      bad ??= faultyApi({ api: (late) => this.#arrive(component, api, late), clock: clock(), rng, rates: () => faults });
      return bad(call);
    };
  }

  async #arrive(component: string, api: ApiServer, call: ApiCall) {
    if (this.#sentIn.get(call) !== this.#lifeOf(component)) throw serviceUnavailable('its sender has died');
    return api(call);
  }

  #lifeOf(component: string): number {
    return this.#lives.get(component) ?? 0;
  }
}

/** Sees every revision, and holds it against what must be. */
class Witness {
  readonly #plane: VirtualControlPlane;
  readonly #model = new ClusterModel();
  readonly #invariants: readonly Invariant[] = invariants();
  readonly #violations = new Map<string, Violation>();
  readonly #history: string[] = [];
  readonly #startMs: number;
  #revision = 0;
  #digest = 0;
  /** When anything was last written that is no sign of life, by monotonic time. */
  lastWriteMs = 0;

  constructor(plane: VirtualControlPlane) {
    this.#plane = plane;
    this.#startMs = plane.clock.now();
    plane.store.watch(
      { start: '', end: '\0' },
      { from: 1 },
      {
        events: (events) => {
          for (const event of events) {
            this.#digest = digestOf(this.#digest, event, plane.clock.now());
            const change = this.#model.apply(event, plane.clock.now());
            if (change) this.#see(change);
          }
        },
        end: () => undefined,
      },
    );
  }

  note(what: string): void {
    this.#history.push(`${this.#at()} -- ${what}`);
  }

  async lookAtNodes(): Promise<void> {
    const { nodes, clock } = this.#plane;
    const runs: RunningPod[] = [];
    for (const node of nodes.names) {
      const stats = await nodes.statsOf(node);
      for (const { podRef, containers } of stats?.pods ?? []) if (containers.length > 0) runs.push({ ...podRef, node });
    }
    for (const one of this.#invariants) this.#judge(one, one.seeNodes?.(runs, clock.now()));
  }

  isWell(): boolean {
    return this.#invariants.every((one) => (one.atEnd?.(this.#model, this.#plane.clock.now()) ?? []).length === 0);
  }

  judgeEnd(isQuiet: boolean): void {
    for (const one of this.#invariants)
      for (const what of one.atEnd?.(this.#model, this.#plane.clock.now()) ?? []) {
        this.note(`at the end: ${what}`);
        this.#judge(one, what);
      }
    if (!isQuiet) this.#violate('a cluster that is left alone comes to rest', 'writes go on');
  }

  outcome(): Pick<Outcome, 'violations' | 'revisions' | 'digest' | 'looked'> {
    return {
      violations: [...this.#violations.values()],
      revisions: this.#revision,
      digest: this.#digest,
      looked: new Map(this.#invariants.map(({ name, looked }) => [name, looked])),
    };
  }

  #see(change: Change): void {
    this.#revision = change.revision;
    if (!isHeartbeat(change)) {
      this.lastWriteMs = this.#plane.clock.monotonic();
      this.#history.push(`${this.#at()} ${change.revision} ${describe(change)}`);
    }
    for (const one of this.#invariants) this.#judge(one, one.see?.(change, this.#model));
  }

  #judge({ name }: Invariant, what: string | undefined): void {
    if (what !== undefined) this.#violate(name, what);
  }

  #violate(invariant: string, what: string): void {
    if (this.#violations.has(invariant)) return;
    const history = this.#history.slice(-historyLines);
    this.#violations.set(invariant, { invariant, what, revision: this.#revision, history, atMs: this.#plane.clock.now() - this.#startMs });
  }

  #at(): string {
    return `${((this.#plane.clock.now() - this.#startMs) / 1000).toFixed(3).padStart(8)} s`;
  }
}

/** Not for secrets: it only has to differ where histories do. */
function digestOf(digest: number, { entry }: StoreEvent, nowMs: number): number {
  let next = Math.imul(digest ^ nowMs ^ entry.modRevision, 16777619);
  for (let at = 0; at < entry.value.length; at += 1) next = Math.imul(next ^ entry.value[at]!, 16777619);
  return next;
}

const historyLines = Number(process.env['SLIPWAY_CLUSTER_HISTORY'] ?? 40);

/** Nodes say every few minutes that they live, also where they have leases. */
const isHeartbeat = ({ before, after }: Change): boolean => before !== undefined && after?.kind === 'Node';

function describe({ before, after }: Change): string {
  const object = (after ?? before)!;
  const verb = !before ? 'made' : !after ? 'gone' : 'now';
  const { spec, status, metadata } = object as { spec?: Record<string, unknown>; status?: Record<string, unknown> } & Change['after'] &
    object;
  const told = ['replicas', 'nodeName', 'paused'].flatMap((name) => (spec?.[name] === undefined ? [] : [`${name}=${String(spec[name])}`]));
  const counts = Object.entries(status ?? {}).filter(([, value]) => typeof value === 'number' || name(value));
  const conditions = ((status?.['conditions'] ?? []) as { type: string; status: string }[]).filter(({ status }) => status === 'True');
  return [
    `${object.kind} ${nameOf(object)} ${verb}`,
    ...(metadata.generation === undefined ? [] : [`generation=${metadata.generation}`]),
    ...(metadata.deletionTimestamp ? ['deleting'] : []),
    ...told,
    ...counts.map(([key, value]) => `${key}=${String(value)}`),
    ...conditions.map(({ type }) => type),
  ].join(' ');
}

const name = (value: unknown): value is string => typeof value === 'string' && value.length < 40;
