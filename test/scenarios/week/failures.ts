import type { Rng } from '../../../src/base/rng.ts';
import type { Pod as PodType } from '../../../src/api/generated/core/v1.ts';
import { Deployment } from '../../../src/api/kinds/apps/deployment.ts';
import { Node } from '../../../src/api/kinds/core/node.ts';
import { Pod } from '../../../src/api/kinds/core/pod.ts';
import { isReason } from '../../../src/api/errors.ts';
import { refOf } from '../../../src/client/typed-client.ts';
import type { VirtualControlPlane } from '../../../src/cluster/virtual-control-plane.ts';
import { deployments, namespace } from './workloads.ts';

/** What befell the cluster, counted. */
export interface Befallen {
  powerCuts: number;
  drains: number;
  refusedEvictions: number;
  rollouts: number;
  badImages: number;
  killedPods: number;
}

const minuteMs = 60_000;

/** Nodes that lose power for a while, drains, rollouts, images that are not there, killed pods: by a seed, one after the other. */
export class Failures {
  readonly befallen: Befallen = { powerCuts: 0, drains: 0, refusedEvictions: 0, rollouts: 0, badImages: 0, killedPods: 0 };
  readonly #plane: VirtualControlPlane;
  readonly #workers: readonly string[];
  readonly #rng: Rng;
  /** What is to be made good, and when. */
  #repairs: { readonly atMs: number; readonly repair: () => Promise<void> }[] = [];
  readonly #down = new Set<string>();
  #version = 1;

  constructor(plane: VirtualControlPlane, workers: readonly string[], rng: Rng) {
    this.#plane = plane;
    this.#workers = workers;
    this.#rng = rng;
  }

  /** One more of them. */
  async strike(): Promise<void> {
    const kinds = [
      () => this.#powerCut(),
      () => this.#powerCut(),
      () => this.#drain(),
      () => this.#rollout(),
      () => this.#badImage(),
      () => this.#kill(),
    ];
    await kinds[this.#rng.below(kinds.length)]!();
  }

  /** Makes good what is due; everything with `all`. */
  async repair(all = false): Promise<void> {
    const nowMs = this.#plane.clock.now();
    const due = this.#repairs.filter(({ atMs }) => all || atMs <= nowMs);
    this.#repairs = this.#repairs.filter((one) => !due.includes(one));
    for (const { repair } of due) await repair();
  }

  #later(minMinutes: number, maxMinutes: number, repair: () => Promise<void>): void {
    const minutes = minMinutes + this.#rng.below(maxMinutes - minMinutes);
    this.#repairs.push({ atMs: this.#plane.clock.now() + minutes * minuteMs, repair });
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.#rng.below(all.length)]!;
  }

  async #powerCut(): Promise<void> {
    const node = this.#pick(this.#workers);
    // A tenth of the nodes may be away at once.
    if (this.#down.has(node) || this.#down.size >= this.#workers.length / 10) return;
    this.#down.add(node);
    this.befallen.powerCuts++;
    await this.#plane.nodes.node(node).powerOff();
    this.#later(1, 120, async () => {
      this.#down.delete(node);
      // It resolves when the kubelet has registered, for which time has to pass.
      void this.#plane.nodes.node(node).powerOn();
    });
  }

  /** Evicts what it may, and leaves the rest to the next who drains. */
  async #drain(): Promise<void> {
    const { client } = this.#plane;
    const name = this.#pick(this.#workers);
    this.befallen.drains++;
    await client.patch(Node, { name }, 'merge', { spec: { unschedulable: true } });
    const { items } = await client.list<PodType>(Pod, { namespace }, { fieldSelector: `spec.nodeName=${name}` });
    for (const { metadata } of items) {
      if (metadata.labels?.['app'] === 'agent') continue;
      const at = { namespace, name: metadata.name ?? '' };
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: at };
      await client.createSub({ ...refOf(Pod, at), subresource: 'eviction' }, body).catch((error: unknown) => {
        if (!isReason(error, 'TooManyRequests')) throw error;
        this.befallen.refusedEvictions++;
      });
    }
    this.#later(10, 60, async () => void (await client.patch(Node, { name }, 'merge', { spec: { unschedulable: null } })));
  }

  async #rollout(): Promise<void> {
    this.befallen.rollouts++;
    await this.#setImage(this.#pick(deployments), `nginx:${++this.#version}`);
  }

  async #badImage(): Promise<void> {
    const name = this.#pick(deployments);
    const good = `nginx:${++this.#version}`;
    this.befallen.badImages++;
    await this.#setImage(name, 'doesnotexist:1');
    this.#later(5, 30, () => this.#setImage(name, good));
  }

  async #setImage(name: string, image: string): Promise<void> {
    const spec = { template: { spec: { containers: [{ name: 'main', image }] } } };
    await this.#plane.client.patch(Deployment, { namespace, name }, 'strategic', { spec });
  }

  async #kill(): Promise<void> {
    const labelSelector = `app=${this.#pick(deployments)}`;
    const { items } = await this.#plane.client.list<PodType>(Pod, { namespace }, { labelSelector });
    const { metadata } = this.#pick(items);
    this.befallen.killedPods++;
    await this.#plane.client.delete(Pod, { namespace, name: metadata.name ?? '' }, { gracePeriodSeconds: 0 });
  }
}
