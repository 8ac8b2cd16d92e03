import type { Node as NodeObject, ObjectReference } from '../../api/generated/core/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { defineController, runController, type Controller } from '../../client/controller.ts';
import type { ControllerDescriptor } from '../descriptor.ts';
import type { ControllerFlags } from '../flags.ts';
import { CidrPool } from './cidr-pool.ts';

/** How soon a node that got nothing asks again; upstream backs off to as much as this. */
const askAgainMs = 30_000;

/** Gives each node its own range of pods' addresses, out of `--cluster-cidr`. Without one it does nothing. */
export const nodeIpamController: ControllerDescriptor = {
  name: 'node-ipam-controller',
  serviceAccount: 'node-controller',
  async start({ client, informers, env, flags }) {
    const pools = poolsOf(flags);
    if (pools.length === 0) return;
    const allocator = new Allocator(pools);
    const nodes = informers.of(Node);
    await informers.synced();
    // What is taken must be known before the first is given away.
    for (const node of nodes.list()) allocator.occupy(node);
    nodes.onChange(({ now, old }) => {
      if (!now) allocator.release(old);
    });
    await runController(rangeAllocator(allocator), client, informers, env);
  },
};

/** One range, or two of different families with a comma between. */
export function poolsOf({ clusterCidr, nodeCidrMaskSize, nodeCidrMaskSizeIpv6 }: NodeRanges): CidrPool[] {
  const networks = clusterCidr.split(',').filter((text) => text !== '');
  return networks.map((text) => new CidrPool(text, text.includes(':') ? nodeCidrMaskSizeIpv6 : nodeCidrMaskSize));
}

type NodeRanges = Pick<ControllerFlags, 'clusterCidr' | 'nodeCidrMaskSize' | 'nodeCidrMaskSizeIpv6'>;

/** Source: nodeipam/ipam/range_allocator.go. */
const rangeAllocator = (allocator: Allocator): Controller =>
  defineController({
    name: 'cidrAllocator',
    for: Node,
    async reconcile(node, { client, events, env }) {
      if (podCidrs(node).length > 0) {
        if (!allocator.occupy(node))
          env.log.verbose(2, 'Node has a range that is not ours to give, or another’s', { node: node.metadata.name });
        return;
      }
      const name = node.metadata.name!;
      const cidrs = allocator.allocate(name);
      if (!cidrs) {
        events.event(nodeReference(node), 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
        return { requeueAfterMs: askAgainMs };
      }
      await client.patch(Node, { name }, 'strategic', { spec: { podCIDR: cidrs[0], podCIDRs: cidrs } });
    },
  });

/** One subnet of each pool for a node. */
class Allocator {
  readonly #pools: readonly CidrPool[];
  /** What was given to nodes that do not show it yet: a write whose answer was lost may have been done. */
  readonly #given = new Map<string, readonly string[]>();

  constructor(pools: readonly CidrPool[]) {
    this.#pools = pools;
  }

  occupy(node: NodeObject): boolean {
    const name = node.metadata.name!;
    this.#given.delete(name);
    return podCidrs(node).every((cidr) => this.#pools.some((pool) => pool.occupy(cidr, name)));
  }

  /** Undefined, and nothing taken, when one of the pools is exhausted. */
  allocate(name: string): readonly string[] | undefined {
    const given = this.#given.get(name);
    if (given) return given;
    const cidrs: string[] = [];
    for (const pool of this.#pools) {
      const cidr = pool.allocate(name);
      if (cidr === undefined) {
        this.#free(name, cidrs);
        return undefined;
      }
      cidrs.push(cidr);
    }
    this.#given.set(name, cidrs);
    return cidrs;
  }

  release(node: NodeObject): void {
    const name = node.metadata.name!;
    this.#free(name, [...podCidrs(node), ...(this.#given.get(name) ?? [])]);
    this.#given.delete(name);
  }

  #free(name: string, cidrs: readonly string[]): void {
    for (const cidr of cidrs) for (const pool of this.#pools) pool.release(cidr, name);
  }
}

function podCidrs({ spec }: NodeObject): readonly string[] {
  if (spec?.podCIDRs && spec.podCIDRs.length > 0) return spec.podCIDRs;
  return spec?.podCIDR ? [spec.podCIDR] : [];
}

const nodeReference = ({ metadata: { name, uid } }: NodeObject): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'Node',
  name: name!,
  uid: uid!,
});
