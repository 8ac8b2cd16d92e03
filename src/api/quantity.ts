/**
 * Resource quantities (apimachinery's api/resource): a decimal number with a suffix, kept exactly.
 * The value is `unscaled × 10^exponent`; nothing is ever a float. Finest step: one billionth.
 */
export interface Quantity {
  readonly unscaled: bigint;
  readonly exponent: number;
  /** The family of suffixes in which it was written and will be written again. */
  readonly format: QuantityFormat;
  /** The text as it came, where upstream keeps it rather than writing it anew. */
  readonly text?: string;
}

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** The message is one of upstream's three sentences. */
export class QuantityError extends Error {
  override name = 'QuantityError';
}

const malformed = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const badNumber = 'unable to parse numeric part of quantity';
const badSuffix = "unable to parse quantity's suffix";

const shape = /^([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const decimalSuffixes = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const binarySuffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const finestExponent = -9;
/** Binary quantities saturate here; the others do not. */
const largestBinary = 2n ** 63n - 1n;
/** Upstream keeps short numbers as text; beyond these many digits it writes them anew. */
const longestKept = 18;
/** Exponents further apart than this are not brought to one scale: the smaller addend is lost in the larger. */
const widestScale = 10_000;

/** Throws `QuantityError`. Numbers finer than a billionth are rounded away from zero. */
export function parseQuantity(text: string): Quantity {
  let quantity = parsed.get(text);
  if (!quantity) {
    quantity = readQuantity(text);
    if (parsed.size >= mostParsed) parsed.clear();
    parsed.set(text, quantity);
  }
  return quantity;
}

/** Each amount is read again and again on its way through defaults and validation, and most objects have the same few. */
const parsed = new Map<string, Quantity>();
const mostParsed = 1000;

function readQuantity(text: string): Quantity {
  const parts = shape.exec(text);
  if (text === '' || !parts) throw new QuantityError(malformed);
  const [, sign, whole = '', fraction = '', suffix = ''] = parts;
  const scale = scaleOf(suffix);
  const digits = (whole === '' ? '0' : whole) + fraction;
  const magnitude = BigInt(digits) * (scale.base === 2 ? 2n ** BigInt(scale.exponent) : 1n);
  const exponent = (scale.base === 10 ? scale.exponent : 0) - fraction.length;
  const quantity = rounded(sign === '-' ? -magnitude : magnitude, exponent, scale.format);
  return isKeptAsWritten(digits, fraction, scale, exponent) ? { ...quantity, text } : quantity;
}

/** The text in which the API stores and shows what was written as `text`. Throws as `parseQuantity`. */
export const canonicalQuantity = (text: string): string => quantityText(parseQuantity(text));

interface SuffixScale {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

function scaleOf(suffix: string): SuffixScale {
  const decimal = decimalSuffixes.get(suffix);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = binarySuffixes.indexOf(suffix);
  if (binary >= 0) return { base: 2, exponent: 10 * (binary + 1), format: 'BinarySI' };
  if (!/^[eE][-+]?[0-9]{1,9}$/.test(suffix)) throw new QuantityError(suffix === '' ? badNumber : badSuffix);
  return { base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' };
}

function rounded(unscaled: bigint, exponent: number, format: QuantityFormat): Quantity {
  if (unscaled === 0n) return { unscaled, exponent: 0, format };
  const fine =
    exponent < finestExponent
      ? { unscaled: rescaleAwayFromZero(unscaled, exponent, finestExponent), exponent: finestExponent }
      : { unscaled, exponent };
  if (format !== 'BinarySI') return { ...fine, format };
  const magnitude = { ...fine, unscaled: absolute(fine.unscaled), format };
  if (compareQuantities(magnitude, quantityOf(largestBinary)) > 0) {
    return { unscaled: unscaled < 0n ? -largestBinary : largestBinary, exponent: 0, format };
  }
  return { ...fine, format: compareQuantities(magnitude, quantityOf(1)) < 0 ? 'DecimalSI' : format };
}

/** Upstream's short cut, and so which texts survive a round trip though not canonical (`+5`, `1.500`). */
function isKeptAsWritten(digits: string, fraction: string, scale: SuffixScale, exponent: number): boolean {
  if (scale.format === 'BinarySI') {
    const room = 15 - digits.length - Math.trunc((scale.exponent * 3) / 10) - 1;
    return fraction === '' && room >= 0 && (BigInt(digits) & 7n) !== 0n;
  }
  if (digits.length > longestKept || exponent < finestExponent) return false;
  return exponent % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
}

/** Canonical: no fraction, the largest suffix that loses nothing. Binary below 1024 or with a fraction is written decimally. */
export function quantityText(quantity: Quantity): string {
  if (quantity.text !== undefined) return quantity.text;
  if (quantity.unscaled === 0n) return '0';
  if (quantity.format !== 'BinarySI') return decimalText(quantity);
  const whole = exactInteger(quantity);
  if (whole === undefined || absolute(whole) < 1024n) return decimalText({ ...quantity, format: 'DecimalSI' });
  let mantissa = whole;
  let power = 0;
  while (mantissa % 1024n === 0n && power < binarySuffixes.length) {
    mantissa /= 1024n;
    power++;
  }
  return `${mantissa}${power === 0 ? '' : binarySuffixes[power - 1]}`;
}

function decimalText({ unscaled, exponent, format }: Quantity): string {
  const digits = unscaled.toString();
  const bare = digits.replace(/0+$/, '');
  let power = exponent + digits.length - bare.length;
  let mantissa = BigInt(bare);
  // SI has no name beyond exa; what is larger keeps its zeros.
  const highest = format === 'DecimalSI' ? 18 : Infinity;
  const target = Math.min(Math.floor(power / 3) * 3, highest);
  mantissa *= powerOfTen(power - target);
  power = target;
  if (format === 'DecimalExponent') return power === 0 ? `${mantissa}` : `${mantissa}e${power}`;
  const suffix = [...decimalSuffixes].find(([, value]) => value === power)?.[0] ?? '';
  return `${mantissa}${suffix}`;
}

/** A whole number as a quantity. */
export const quantityOf = (value: bigint | number, format: QuantityFormat = 'DecimalSI'): Quantity => ({
  unscaled: BigInt(value),
  exponent: 0,
  format,
});

/** So many thousandths. */
export const milliQuantity = (thousandths: bigint | number, format: QuantityFormat = 'DecimalSI'): Quantity => ({
  unscaled: BigInt(thousandths),
  exponent: -3,
  format,
});

/** Below, at or above 0, as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const signs = signOf(a.unscaled) - signOf(b.unscaled);
  if (signs !== 0 || a.unscaled === 0n) return Math.sign(signs);
  const sizes = order(a) - order(b);
  if (sizes !== 0) return Math.sign(sizes) * signOf(a.unscaled);
  const [left, right] = atOneScale(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

export const isZeroQuantity = (quantity: Quantity): boolean => quantity.unscaled === 0n;

/** The sum takes `a`'s format, unless `a` is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const format = a.unscaled === 0n ? b.format : a.format;
  if (b.unscaled === 0n) return { ...withoutText(a), format };
  if (a.unscaled === 0n) return { ...withoutText(b), format };
  if (Math.abs(a.exponent - b.exponent) > widestScale) return { ...withoutText(order(a) > order(b) ? a : b), format };
  const [left, right] = atOneScale(a, b);
  return { unscaled: left + right, exponent: Math.min(a.exponent, b.exponent), format };
}

export const negateQuantity = (quantity: Quantity): Quantity => ({ ...withoutText(quantity), unscaled: -quantity.unscaled });
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => addQuantities(a, negateQuantity(b));

/** `value / 10^scale`, rounded away from zero: scale 0 for whole units, -3 for thousandths. Saturates at the ends of an int64. */
export function scaledValue(quantity: Quantity, scale: number): bigint {
  if (quantity.unscaled !== 0n && order(quantity) - scale > 20) return signOf(quantity.unscaled) < 0 ? -largestBinary - 1n : largestBinary;
  const value = rescaleAwayFromZero(quantity.unscaled, quantity.exponent, scale);
  if (value > largestBinary) return largestBinary;
  return value < -largestBinary - 1n ? -largestBinary - 1n : value;
}

/** Rounded away from zero to multiples of `10^scale`; what needs no rounding keeps its text. */
export function roundedUp(quantity: Quantity, scale: number): Quantity {
  if (quantity.exponent >= scale) return quantity;
  const unscaled = rescaleAwayFromZero(quantity.unscaled, quantity.exponent, scale);
  const changed = unscaled * powerOfTen(scale - quantity.exponent) !== quantity.unscaled;
  return changed ? { unscaled, exponent: scale, format: quantity.format } : quantity;
}

/** In whole units, rounded away from zero; exact up to 2^53. */
export const value = (quantity: Quantity): number => Number(scaledValue(quantity, 0));
/** In thousandths, rounded away from zero; exact up to 2^53. CPU is counted so. */
export const milliValue = (quantity: Quantity): number => Number(scaledValue(quantity, -3));

/** How many digits stand before the decimal point (negative: zeros after it): the size of the number's logarithm. */
const order = ({ unscaled, exponent }: Quantity): number => absolute(unscaled).toString().length + exponent;

function exactInteger({ unscaled, exponent }: Quantity): bigint | undefined {
  if (exponent >= 0) return unscaled * powerOfTen(exponent);
  const divisor = powerOfTen(-exponent);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
}

function rescaleAwayFromZero(unscaled: bigint, from: number, to: number): bigint {
  if (from >= to) return unscaled * powerOfTen(from - to);
  // A divisor longer than the number leaves only the rounding.
  const divisor = powerOfTen(Math.min(to - from, unscaled.toString().length + 1));
  const quotient = unscaled / divisor;
  return unscaled % divisor === 0n ? quotient : quotient + BigInt(signOf(unscaled));
}

function atOneScale(a: Quantity, b: Quantity): [bigint, bigint] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.unscaled * powerOfTen(a.exponent - exponent), b.unscaled * powerOfTen(b.exponent - exponent)];
}

const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent);
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
const signOf = (value: bigint): number => (value < 0n ? -1 : value > 0n ? 1 : 0);

function withoutText({ unscaled, exponent, format }: Quantity): Quantity {
  return { unscaled, exponent, format };
}
