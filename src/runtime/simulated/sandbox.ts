import type { PodSandboxConfig, PodSandboxStatus } from '../cri.ts';

/** A pod's surroundings on one node. */
export class SimulatedSandbox {
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly #createdAtMs: number;
  isReady = true;
  /** None on the host's network, and none once it has stopped. */
  ips: readonly string[];

  constructor(id: string, config: PodSandboxConfig, createdAtMs: number, ips: readonly string[]) {
    this.id = id;
    this.config = config;
    this.#createdAtMs = createdAtMs;
    this.ips = ips;
  }

  status(): PodSandboxStatus {
    const { id, config, ips } = this;
    return { id, metadata: config.metadata, state: this.isReady ? 'Ready' : 'NotReady', createdAtMs: this.#createdAtMs, ips };
  }
}
