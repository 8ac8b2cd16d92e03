import type { Rng } from '../../base/rng.ts';
import type { Draft } from '../../api/draft.ts';
import { invalidObject } from '../../api/errors.ts';
import type { Service as ServiceType } from '../../api/generated/core/v1.ts';
import { resolveIpFamilies } from '../../api/kinds/core/service-ip-families.ts';
import { Service } from '../../api/kinds/core/service.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { ObjectReader, Reservation, WriteHook } from '../ports.ts';
import { freeIp, heldIps, takeClusterIps, type IpRanges } from './cluster-ips.ts';
import { IpRange } from './ip-range.ts';
import { defaultNodePorts, NodePortRange, type PortRange } from './node-port-range.ts';
import { heldPorts, takeNodePorts } from './node-ports.ts';
import { Taking } from './taking.ts';

export interface ServiceAddressOptions {
  readonly reader: ObjectReader;
  /** `--service-cluster-ip-range`: one range, or one of each family, the default one first. */
  readonly serviceSubnets: readonly string[];
  /** 30000 to 32767 when absent. */
  readonly nodePorts?: PortRange;
  readonly rng: Rng;
}

/**
 * Gives Services their cluster addresses and their ports on nodes. What is held is kept in memory,
 * and is what stored Services say it is: read at the first write. Source: Kubernetes' service/storage/alloc.go.
 */
export function serviceAddresses({ reader, serviceSubnets, nodePorts = defaultNodePorts, rng }: ServiceAddressOptions): WriteHook {
  const ledger = new Ledger(serviceSubnets, nodePorts);
  return {
    kind: Service,
    async beforeWrite(object: Draft<KubeObject>, old: KubeObject | undefined, dryRun: boolean): Promise<Reservation | undefined> {
      await ledger.load(reader);
      const taking = ledger.take(object as Draft<ServiceType>, old as ServiceType | undefined, rng);
      if (!dryRun) return taking;
      taking.release();
      return undefined;
    },
    afterDelete: (object) => ledger.free(object as ServiceType),
  };
}

class Ledger {
  readonly #ranges: IpRanges;
  readonly #ports: NodePortRange;
  #loaded: Promise<void> | undefined;

  constructor(subnets: readonly string[], nodePorts: PortRange) {
    this.#ranges = new Map(subnets.map((subnet) => new IpRange(subnet)).map((range) => [range.family, range]));
    this.#ports = new NodePortRange(nodePorts);
  }

  load(reader: ObjectReader): Promise<void> {
    this.#loaded ??= this.#load(reader).catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #load(reader: ObjectReader): Promise<void> {
    for (const service of await reader.list(Service)) {
      for (const ip of heldIps(service)) this.#ranges.get(ip.includes(':') ? 'IPv6' : 'IPv4')?.take(ip);
      for (const port of heldPorts(service)) this.#ports.take(port);
    }
  }

  take(service: Draft<ServiceType>, old: ServiceType | undefined, rng: Rng): Taking {
    const problems = resolveIpFamilies(service, old, [...this.#ranges.keys()]);
    if (problems.length > 0) throw invalidObject({ group: '', kind: 'Service' }, service.metadata.name ?? '', problems);
    const taking = new Taking();
    try {
      takeClusterIps(service, old, this.#ranges, rng, taking);
      takeNodePorts(service, old, this.#ports, rng, taking);
    } catch (error) {
      taking.release();
      throw error;
    }
    return taking;
  }

  /** Before the first write there is nothing to free: what is gone will not be read. */
  free(service: ServiceType): void {
    void this.#loaded?.then(() => {
      for (const ip of heldIps(service)) freeIp(this.#ranges, ip);
      for (const port of heldPorts(service)) this.#ports.free(port);
    });
  }
}
