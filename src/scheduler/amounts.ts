import { milliValue, parseQuantity, value } from '../api/quantity.ts';
import type { Resources } from './framework.ts';

/** As the API has it: `{ cpu: '500m' }`. */
export type ResourceList = Readonly<Record<string, string | number>>;

/** Resources that are added up in place: for the making of a pod's requests, and for what a node has given away. */
export class Amounts implements Resources {
  milliCpu = 0;
  memoryBytes = 0;
  ephemeralStorageBytes = 0;
  readonly scalar = new Map<string, number>();

  static of(list: ResourceList | undefined): Amounts {
    const amounts = new Amounts();
    amounts.addList(list);
    return amounts;
  }

  addList(list: ResourceList | undefined): void {
    for (const name in list) this.#change(name, this.get(name) + amountOf(name, list[name]!));
  }

  /** Takes what the list says in place of what was there. */
  setList(list: ResourceList | undefined, only: (name: string) => boolean): void {
    for (const name in list) if (only(name)) this.#change(name, amountOf(name, list[name]!));
  }

  add(more: Resources): void {
    this.#move(more, 1);
  }

  subtract(less: Resources): void {
    this.#move(less, -1);
  }

  /** Each resource becomes the larger of the two. */
  raiseTo(other: Resources): void {
    this.milliCpu = Math.max(this.milliCpu, other.milliCpu);
    this.memoryBytes = Math.max(this.memoryBytes, other.memoryBytes);
    this.ephemeralStorageBytes = Math.max(this.ephemeralStorageBytes, other.ephemeralStorageBytes);
    for (const [name, amount] of other.scalar) this.scalar.set(name, Math.max(this.scalar.get(name) ?? 0, amount));
  }

  copy(): Amounts {
    const amounts = new Amounts();
    amounts.add(this);
    return amounts;
  }

  get(name: string): number {
    if (name === 'cpu') return this.milliCpu;
    if (name === 'memory') return this.memoryBytes;
    if (name === 'ephemeral-storage') return this.ephemeralStorageBytes;
    return this.scalar.get(name) ?? 0;
  }

  #change(name: string, amount: number): void {
    if (name === 'cpu') this.milliCpu = amount;
    else if (name === 'memory') this.memoryBytes = amount;
    else if (name === 'ephemeral-storage') this.ephemeralStorageBytes = amount;
    else this.scalar.set(name, amount);
  }

  #move(by: Resources, sign: 1 | -1): void {
    this.milliCpu += sign * by.milliCpu;
    this.memoryBytes += sign * by.memoryBytes;
    this.ephemeralStorageBytes += sign * by.ephemeralStorageBytes;
    if (by.scalar.size === 0) return;
    for (const [name, amount] of by.scalar) this.scalar.set(name, (this.scalar.get(name) ?? 0) + sign * amount);
  }
}

/** CPU in thousandths, all else in whole units, rounded up. */
export function amountOf(name: string, written: string | number): number {
  const known = name === 'cpu' ? milliAmounts : amounts;
  const text = String(written);
  let amount = known.get(text);
  if (amount === undefined) {
    const quantity = parseQuantity(text);
    amount = name === 'cpu' ? milliValue(quantity) : value(quantity);
    if (known.size >= mostKnown) known.clear();
    known.set(text, amount);
  }
  return amount;
}

/** The same few amounts come with most pods; exact arithmetic on each of them would show. */
const milliAmounts = new Map<string, number>();
const amounts = new Map<string, number>();
const mostKnown = 1000;
