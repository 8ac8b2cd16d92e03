import { ipText, parseCidr, type Cidr } from '../../api/validation/ip.ts';
import { CriError } from '../cri.ts';

/**
 * The addresses of one node's pods, one of each of its ranges to a pod. As CNI's host-local: the range's
 * first address is the gateway's, and one that was given back is not given out again before the others.
 */
export class AddressPool {
  readonly #ranges: readonly Range[];

  /** `podCidr` is a range, or one of each family with a comma between. Throws CriError for what is none. */
  constructor(podCidr: string) {
    this.#ranges = podCidr.split(',').map((text) => new Range(text.trim()));
  }

  /** Throws CriError when they have run out. */
  take(): string[] {
    const taken: string[] = [];
    try {
      for (const range of this.#ranges) taken.push(range.take());
    } catch (error) {
      this.release(taken);
      throw error;
    }
    return taken;
  }

  release(addresses: readonly string[]): void {
    for (const address of addresses) for (const range of this.#ranges) range.release(address);
  }
}

class Range {
  readonly #cidr: Cidr;
  readonly #text: string;
  readonly #taken = new Set<string>();
  /** How many may be given out. */
  readonly #size: number;
  #last = 0;

  constructor(text: string) {
    const cidr = parseCidr(text);
    if (!cidr) throw new CriError('InvalidArgument', `invalid pod CIDR ${JSON.stringify(text)}`);
    this.#cidr = cidr;
    this.#text = text;
    const hostBits = cidr.address.length * 8 - cidr.prefixLength;
    // Without the network's own address, the gateway's and, at the end, the broadcast address.
    this.#size = Math.max(0, 2 ** Math.min(hostBits, 24) - 3);
  }

  take(): string {
    for (let tried = 0; tried < this.#size; tried++) {
      this.#last = (this.#last % this.#size) + 1;
      const address = ipText(offset(this.#cidr, this.#last + 1));
      if (this.#taken.has(address)) continue;
      this.#taken.add(address);
      return address;
    }
    throw new CriError(
      'Unknown',
      `failed to setup network for sandbox: plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${this.#text}`,
    );
  }

  release(address: string): void {
    this.#taken.delete(address);
  }
}

function offset(cidr: Cidr, by: number): Uint8Array {
  const address = Uint8Array.from(cidr.address, (byte, i) => {
    const bits = Math.min(8, Math.max(0, cidr.prefixLength - 8 * i));
    return byte & (0xff << (8 - bits));
  });
  for (let i = address.length - 1, rest = by; rest > 0; i--, rest = Math.floor(rest / 256)) address[i]! += rest % 256;
  return address;
}
