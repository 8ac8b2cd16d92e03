import { seededRng } from '../../../src/base/rng.ts';
import type { ApiCall, ApiServer } from '../../../src/api/call.ts';
import { serviceUnavailable } from '../../../src/api/errors.ts';
import { faultyApi } from '../../../src/client/fault-injection.ts';
import type { VirtualControlPlane } from '../../../src/cluster/virtual-control-plane.ts';
import type { Scenario } from './scenario.ts';

/** Bad while `isBad`. What a component that has died had still on its way never arrives. */
export class Network {
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
