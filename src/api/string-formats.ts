import { Base64Error, fromBase64 } from '../codec/bytes.ts';
import { GoDurationError, parseGoDuration } from '../codec/go-duration.ts';
import { canonicalTime, TimestampError } from './timestamps.ts';
import { dns1123Label, dns1123Subdomain } from './validation/names.ts';
import { isIpv4, isIpv6, parseCidr } from './validation/ip.ts';

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => succeeds(() => canonicalTime(text), TimestampError),
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && succeeds(() => canonicalTime(`${text}T00:00:00Z`), TimestampError),
  duration: (text) => succeeds(() => parseGoDuration(text), GoDurationError),
  byte: (text) => succeeds(() => fromBase64(text), Base64Error),
  ipv4: isIpv4,
  ipv6: isIpv6,
  cidr: (text) => parseCidr(text) !== undefined,
  uuid: (text) => uuid.test(text),
  uuid3: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
  uuid4: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i.test(text),
  uuid5: (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i.test(text),
  ssn: (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  hexcolor: (text) => /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text),
  bsonobjectid: (text) => /^[0-9a-fA-F]{24}$/.test(text),
  'k8s-short-name': (text) => dns1123Label(text).length === 0,
  'k8s-long-name': (text) => dns1123Subdomain(text).length === 0,
  hostname: (text) =>
    text.length <= 253 &&
    /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,62}[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]{0,62}[\p{L}\p{N}])?)*\.?$/u.test(text),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  uri: (text) => /^([A-Za-z][A-Za-z0-9+.-]*:\S+|\/\S*)$/.test(text),
};

const aliases: Readonly<Record<string, string>> = { datetime: 'date-time' };

/** OpenAPI's string formats that a custom resource's schema may name; one that nobody knows fits everything. */
export const fitsFormat = (text: string, format: string): boolean =>
  formats[format]?.(text) ?? formats[aliases[format] ?? '']?.(text) ?? true;

function succeeds(read: () => unknown, refusal: new (...args: never[]) => Error): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof refusal) return false;
    throw error;
  }
}
