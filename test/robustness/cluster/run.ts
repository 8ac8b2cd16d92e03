import { seededRng, type Rng } from '../../../src/base/rng.ts';
import type { Restartable } from '../../../src/cluster/restartable.ts';
import { defaultNodes } from '../../../src/cluster/spec.ts';
import { startVirtualControlPlane, type VirtualControlPlane } from '../../../src/cluster/virtual-control-plane.ts';
import { Network } from './network.ts';
import type { Outcome } from './outcome.ts';
import { scenarioOf, type Scenario } from './scenario.ts';
import { Traffic } from './traffic.ts';
import { Witness } from './witness.ts';

/** A whole cluster, at work, over a bad network, with all that may happen to it; then left alone. `other` is what is to be other than the seed says. */
export async function runSeed(seed: number, other: Partial<Scenario> = {}): Promise<Outcome> {
  const scenario = { ...scenarioOf(seed), ...other };
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
