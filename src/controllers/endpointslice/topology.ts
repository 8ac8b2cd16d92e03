import type { Node, Service as ServiceObject } from '../../api/generated/core/v1.ts';
import { Service } from '../../api/kinds/core/service.ts';
import type { Context } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { withType } from '../../workloads/owner.ts';
import type { Outcome } from './plan.ts';
import { addressTypesOf } from './pod-endpoint.ts';
import { zoneShares, type ZoneShares } from './zone-shares.ts';

/** Remembers the zones' shares until nodes change, and which services have topology hints, to tell of changes. */
export class Topology {
  #shares: { readonly known: ZoneShares | undefined } | undefined;
  readonly #hinted = new Set<string>();

  shares(nodes: () => readonly Node[]): ZoneShares | undefined {
    this.#shares ??= { known: zoneShares(nodes()) };
    return this.#shares.known;
  }

  /** Answers the services whose hints may not be right any more. */
  nodesChanged(): readonly string[] {
    this.#shares = undefined;
    return [...this.#hinted];
  }

  tell(service: ServiceObject, topology: Outcome['topology'], { events }: Context): void {
    const key = keyOf(service);
    const about = withType(service, Service);
    if (topology.length === 0 && this.#hinted.delete(key)) {
      const [addressType] = addressTypesOf(service);
      events.event(about, 'Warning', 'TopologyAwareHintsDisabled', `Topology Aware Hints has been disabled, addressType: ${addressType}`);
    }
    for (const { addressType, problem } of topology) {
      if (problem !== undefined) {
        this.#hinted.delete(key);
        events.event(about, 'Warning', 'TopologyAwareHintsDisabled', `${problem}, addressType: ${addressType}`);
      } else if (!this.#hinted.has(key)) {
        this.#hinted.add(key);
        events.event(about, 'Normal', 'TopologyAwareHintsEnabled', `Topology Aware Hints has been enabled, addressType: ${addressType}`);
      }
    }
  }

  forget(key: string): void {
    this.#hinted.delete(key);
  }
}
