import type { Env } from '../../base/env.ts';
import { isNotFound } from '../../api/errors.ts';
import type { Lease as LeaseType } from '../../api/generated/coordination/v1.ts';
import type { Node } from '../../api/generated/core/v1.ts';
import { Lease } from '../../api/kinds/coordination/lease.ts';
import type { Client } from '../../client/client.ts';

const namespace = 'kube-node-lease';
/** A renewal is tried as often before the next is waited for. */
const tries = 5;

export interface NodeLeaseOptions {
  readonly client: Client;
  readonly env: Pick<Env, 'clock' | 'rng' | 'log' | 'signal'>;
  readonly nodeName: string;
  readonly durationSeconds: number;
  /** Owns the lease, once it is known. */
  readonly node: () => Node | undefined;
}

/** The node's sign of life, renewed four times in its duration. Source: k8s.io/component-helpers/apimachinery/lease. */
export class NodeLease {
  readonly #options: NodeLeaseOptions;
  #lease: LeaseType | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: NodeLeaseOptions) {
    this.#options = options;
  }

  /** Renews at once, and from then on until `stop`. */
  async begin(): Promise<void> {
    const { env, durationSeconds } = this.#options;
    await this.#renew();
    if (env.signal.aborted) return;
    const everyMs = durationSeconds * 250 * (1 + 0.04 * env.rng.next());
    this.#cancel = env.clock.after(everyMs, () => void this.begin());
  }

  stop(): void {
    this.#cancel?.();
  }

  async #renew(): Promise<void> {
    const { client, env } = this.#options;
    for (let left = tries; left > 0 && !env.signal.aborted; left--) {
      try {
        this.#lease = this.#lease ? await client.update(Lease, this.#renewed(this.#lease)) : await this.#getOrCreate();
        return;
      } catch (error) {
        this.#lease = undefined;
        env.log.verbose(2, 'Failed to update lease', { err: error });
      }
    }
  }

  async #getOrCreate(): Promise<LeaseType> {
    const { client, nodeName } = this.#options;
    let found: LeaseType;
    try {
      found = await client.get<LeaseType>(Lease, { namespace, name: nodeName });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return client.create(Lease, this.#renewed({ metadata: { namespace, name: nodeName }, spec: {} }));
    }
    return client.update(Lease, this.#renewed(found));
  }

  #renewed(lease: LeaseType): LeaseType {
    const { env, nodeName, durationSeconds, node } = this.#options;
    const renewTime = `${new Date(env.clock.now()).toISOString().slice(0, 23)}000Z`;
    const owner = node();
    const { name, uid } = owner?.metadata ?? {};
    const owned = lease.metadata.ownerReferences?.length || !name || !uid;
    return {
      ...lease,
      metadata: owned ? lease.metadata : { ...lease.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
      spec: { ...lease.spec, holderIdentity: nodeName, leaseDurationSeconds: durationSeconds, renewTime },
    };
  }
}
