import type { Rng } from '../../base/rng.ts';
import type { IpFamily } from '../../api/kinds/core/service-ip-families.ts';
import { cidrContains, cidrText, ipText, parseCidr, parseIp, type Cidr } from '../../api/validation/ip.ts';
import { Pool } from './pool.ts';

/** Larger IPv6 ranges are used only as far as this: nobody has as many Services. */
const mostHostBits = 20;

/** Cluster addresses of one family: those of a network but its own and, of IPv4, the one for broadcasts. */
export class IpRange {
  readonly family: IpFamily;
  readonly #cidr: Cidr;
  readonly #network: Uint8Array;
  readonly #pool: Pool;

  /** Throws for what is no CIDR, and for one too small to hold an address. */
  constructor(text: string) {
    const cidr = parseCidr(text);
    if (!cidr) throw new RangeError(`${text} is not a valid CIDR`);
    this.family = cidr.address.length === 4 ? 'IPv4' : 'IPv6';
    this.#cidr = cidr;
    this.#network = parseIp(cidrText(cidr).split('/')[0]!)!;
    const total = 2 ** Math.min(cidr.address.length * 8 - cidr.prefixLength, mostHostBits);
    const usable = total - (this.family === 'IPv4' ? 2 : 1);
    if (usable < 1) throw new RangeError(`${text} holds no address for a Service`);
    this.#pool = new Pool(usable, staticAddresses(total));
  }

  /** What is wrong with the wish, in upstream's words; undefined when the address is now taken. */
  take(ip: string): string | undefined {
    const address = parseIp(ip);
    if (!address || !cidrContains(this.#cidr, address)) return 'the provided network does not match the current range';
    switch (this.#pool.take(this.#offset(address))) {
      case 'taken':
        return 'provided IP is already allocated';
      case 'out of range':
        return `the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${cidrText(this.#cidr)}`;
      default:
        return undefined;
    }
  }

  takeNext(rng: Rng): string | undefined {
    const offset = this.#pool.takeNext(rng);
    return offset === undefined ? undefined : this.#address(offset);
  }

  free(ip: string): void {
    const address = parseIp(ip);
    if (address && cidrContains(this.#cidr, address)) this.#pool.free(this.#offset(address));
  }

  /** The network's own address has none: 0 is the one after it. */
  #offset(address: Uint8Array): number {
    return address.reduce((value, byte, i) => value * 256 + (byte - this.#network[i]!), 0) - 1;
  }

  #address(offset: number): string {
    const bytes = Uint8Array.from(this.#network);
    let carry = offset + 1;
    for (let i = bytes.length - 1; i >= 0 && carry > 0; i--) {
      const sum = bytes[i]! + (carry % 256);
      bytes[i] = sum;
      carry = Math.floor(carry / 256) + (sum > 255 ? 1 : 0);
    }
    return ipText(bytes);
  }
}

/** The first address of a range, which is the API server's own Service's. */
export function firstAddress(cidrOf: string): string {
  const address = parseIp(cidrText(parseCidr(cidrOf)!).split('/')[0]!)!;
  address[address.length - 1]! += 1;
  return ipText(address);
}

/** A sixteenth of the range, but no fewer than 16 and no more than 256; none of a range that small. */
const staticAddresses = (total: number): number => (total <= 16 ? 0 : Math.min(256, Math.max(16, Math.floor(total / 16))));
