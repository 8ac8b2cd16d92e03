import { cidrContains, ipText, parseCidr, type Cidr } from '../../api/validation/ip.ts';

/** Larger differences between the cluster's mask and the nodes' are more than upstream allows. */
const mostSubnetBits = 16;

/** Hands out subnets of one network, the first free one first, each to an owner. Source: nodeipam/ipam/cidrset. */
export class CidrPool {
  readonly #cidr: Cidr;
  readonly #network: bigint;
  readonly #maskSize: number;
  readonly #size: number;
  readonly #owners = new Map<number, string>();
  /** Everything below it is taken. */
  #firstFree = 0;

  /** `maskSize`: the prefix length of each subnet. Throws for what is no network, or cannot be parted so. */
  constructor(text: string, maskSize: number) {
    const cidr = parseCidr(text);
    if (!cidr) throw new RangeError(`${text} is not a valid CIDR`);
    const subnetBits = maskSize - cidr.prefixLength;
    if (subnetBits < 0 || maskSize > cidr.address.length * 8)
      throw new RangeError(`${text} holds no subnet with a mask of ${maskSize} bits`);
    if (subnetBits > mostSubnetBits) throw new RangeError(`${text} is too large to be parted into subnets with a mask of ${maskSize} bits`);
    this.#cidr = cidr;
    this.#maskSize = maskSize;
    this.#size = 2 ** subnetBits;
    const hostBits = BigInt(cidr.address.length * 8 - cidr.prefixLength);
    this.#network = (numberOf(cidr.address) >> hostBits) << hostBits;
  }

  get family(): 'IPv4' | 'IPv6' {
    return this.#cidr.address.length === 4 ? 'IPv4' : 'IPv6';
  }

  /** Marks what an owner has already. False when it is no part of the network, or somebody else's. */
  occupy(text: string, owner: string): boolean {
    const cidr = parseCidr(text);
    if (!cidr || cidr.address.length !== this.#cidr.address.length || !cidrContains(this.#cidr, cidr.address)) return false;
    const first = this.#indexOf(cidr.address);
    const count = cidr.prefixLength < this.#maskSize ? 2 ** (this.#maskSize - cidr.prefixLength) : 1;
    const indexes = Array.from({ length: Math.min(count, this.#size - first) }, (_, i) => first + i);
    if (indexes.some((index) => (this.#owners.get(index) ?? owner) !== owner)) return false;
    for (const index of indexes) this.#owners.set(index, owner);
    return true;
  }

  /** Undefined when none is left. */
  allocate(owner: string): string | undefined {
    while (this.#owners.has(this.#firstFree)) this.#firstFree++;
    if (this.#firstFree >= this.#size) return undefined;
    this.#owners.set(this.#firstFree, owner);
    return this.#textOf(this.#firstFree);
  }

  /** Frees one subnet if it is the owner's. */
  release(text: string, owner: string): void {
    const cidr = parseCidr(text);
    if (!cidr || cidr.address.length !== this.#cidr.address.length || !cidrContains(this.#cidr, cidr.address)) return;
    for (let index = this.#indexOf(cidr.address); this.#owners.get(index) === owner; index++) {
      this.#owners.delete(index);
      this.#firstFree = Math.min(this.#firstFree, index);
    }
  }

  get #hostBits(): bigint {
    return BigInt(this.#cidr.address.length * 8 - this.#maskSize);
  }

  #indexOf(address: Uint8Array): number {
    return Number((numberOf(address) - this.#network) >> this.#hostBits);
  }

  #textOf(index: number): string {
    let value = this.#network + (BigInt(index) << this.#hostBits);
    const bytes = new Uint8Array(this.#cidr.address.length);
    for (let at = bytes.length - 1; at >= 0; at--, value >>= 8n) bytes[at] = Number(value & 0xffn);
    return `${ipText(bytes)}/${this.#maskSize}`;
  }
}

const numberOf = (address: Uint8Array): bigint => address.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
