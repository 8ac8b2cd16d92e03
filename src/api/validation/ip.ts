import { invalid, type FieldError } from '../field-error.ts';

/** The address's 4 or 16 bytes; undefined for what is no IP address. Octets with leading zeros are read as decimal. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

export interface Cidr {
  /** As written, bits beyond the prefix included. */
  readonly address: Uint8Array;
  readonly prefixLength: number;
}

export function parseCidr(text: string): Cidr | undefined {
  const [addressText = '', prefixText = '', ...rest] = text.split('/');
  const address = parseIp(addressText);
  if (!address || rest.length > 0 || !/^[0-9]{1,3}$/.test(prefixText)) return undefined;
  const prefixLength = Number(prefixText);
  return prefixLength <= address.length * 8 ? { address, prefixLength } : undefined;
}

/** Canonical text (RFC 5952). */
export function ipText(address: Uint8Array): string {
  if (address.length === 4) return address.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (address[2 * i]! << 8) | address[2 * i + 1]!);
  const zeros = longestZeroRun(groups);
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (!zeros) return hex(groups);
  return `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.end))}`;
}

export const cidrText = ({ address, prefixLength }: Cidr): string => `${ipText(masked(address, prefixLength))}/${prefixLength}`;

/** Is the address within the network? Families do not mix. */
export function cidrContains(cidr: Cidr, address: Uint8Array): boolean {
  if (cidr.address.length !== address.length) return false;
  return ipText(masked(cidr.address, cidr.prefixLength)) === ipText(masked(address, cidr.prefixLength));
}

export const isIpv4 = (text: string): boolean => parseIp(text)?.length === 4;
export const isIpv6 = (text: string): boolean => parseIp(text)?.length === 16;

/** For fields older than strict checking: not canonical is allowed, ambiguous is not. */
export function validateLegacyIp(text: string, path: string): FieldError[] {
  const address = parseIp(text);
  if (!address) return [invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
  if (hasLeadingZeros(text)) return [invalid(path, text, 'must not have leading 0s')];
  return isMappedIpv4(address) ? [invalid(path, text, 'must not be an IPv4-mapped IPv6 address')] : [];
}

export function validateIp(text: string, path: string): FieldError[] {
  const problems = validateLegacyIp(text, path);
  if (problems.length > 0) return problems;
  const canonical = ipText(parseIp(text)!);
  return text === canonical ? [] : [invalid(path, text, `must be in canonical form ("${canonical}")`)];
}

export function validateLegacyCidr(text: string, path: string): FieldError[] {
  const cidr = parseCidr(text);
  if (!cidr) return [invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
  const [addressText = '', prefixText = ''] = text.split('/');
  if (hasLeadingZeros(addressText) || /^0[0-9]/.test(prefixText)) {
    return [invalid(path, text, 'must not have leading 0s in IP or prefix length')];
  }
  if (isMappedIpv4(cidr.address)) return [invalid(path, text, 'must not have an IPv4-mapped IPv6 address')];
  const beyond = ipText(masked(cidr.address, cidr.prefixLength)) !== ipText(cidr.address);
  return beyond ? [invalid(path, text, 'must not have bits set beyond the prefix length')] : [];
}

/** `192.168.1.0/24`: a network, in canonical form. */
export function validateCidr(text: string, path: string): FieldError[] {
  const problems = validateLegacyCidr(text, path);
  if (problems.length > 0) return problems;
  const canonical = cidrText(parseCidr(text)!);
  return text === canonical ? [] : [invalid(path, text, `must be in canonical form ("${canonical}")`)];
}

/** `192.168.1.5/24`: an address together with its network's length, in canonical form. */
export function validateInterfaceAddress(text: string, path: string): FieldError[] {
  const cidr = parseCidr(text);
  if (!cidr) return [invalid(path, text, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')];
  const canonical = `${ipText(cidr.address)}/${cidr.prefixLength}`;
  return text === canonical ? [] : [invalid(path, text, `must be in canonical form ("${canonical}")`)];
}

/** A warning for an accepted address that is not in canonical form. The text has been validated. */
export function ipWarnings(text: string, path: string): string[] {
  const address = parseIp(text);
  if (!address) return [];
  if (hasLeadingZeros(text) || isMappedIpv4(address)) {
    const use = ipText(isMappedIpv4(address) ? address.slice(12) : address);
    return [`${path}: non-standard IP address "${text}" will be considered invalid in a future Kubernetes release: use "${use}"`];
  }
  const canonical = ipText(address);
  if (address.length === 4 || text === canonical) return [];
  return [`${path}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${canonical}")`];
}

export function cidrWarnings(text: string, path: string): string[] {
  const cidr = parseCidr(text);
  if (!cidr) return [];
  const { address, prefixLength } = cidr;
  const canonical = cidrText(cidr);
  const warnings: string[] = [];
  if (ipText(masked(address, prefixLength)) !== ipText(address)) {
    const single = `${ipText(address)}/${address.length * 8}`;
    warnings.push(`${path}: CIDR value "${text}" is ambiguous in this context (should be "${canonical}" or "${single}"?)`);
  }
  if (hasLeadingZeros(text.split('/')[0]!) || /\/0[0-9]/.test(text) || isMappedIpv4(address)) {
    warnings.push(
      `${path}: non-standard CIDR value "${text}" will be considered invalid in a future Kubernetes release: use "${canonical}"`,
    );
  }
  if (warnings.length === 0 && address.length === 16 && text !== canonical) {
    warnings.push(`${path}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${canonical}")`);
  }
  return warnings;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || octets.some((octet) => !/^[0-9]+$/.test(octet) || Number(octet) > 255)) return undefined;
  return Uint8Array.from(octets, Number);
}

function parseIpv6(text: string): Uint8Array | undefined {
  const lastColon = text.lastIndexOf(':');
  let hexText = text;
  if (text.includes('.')) {
    const tail = parseIpv4(text.slice(lastColon + 1));
    if (!tail) return undefined;
    const group = (i: number) => ((tail[i]! << 8) | tail[i + 1]!).toString(16);
    hexText = `${text.slice(0, lastColon + 1)}${group(0)}:${group(2)}`;
  }
  const halves = hexText.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...head!, ...(tail ?? [])];
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  if (tail ? groups.length > 7 : groups.length !== 8) return undefined;
  const filled = tail ? [...head!, ...Array.from({ length: 8 - groups.length }, () => '0'), ...tail] : groups;
  return Uint8Array.from(filled.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]));
}

function masked(address: Uint8Array, prefixLength: number): Uint8Array {
  return address.map((byte, i) => {
    const kept = Math.max(0, Math.min(8, prefixLength - 8 * i));
    return byte & (0xff << (8 - kept));
  });
}

const isMappedIpv4 = (address: Uint8Array): boolean =>
  address.length === 16 && address.slice(0, 10).every((byte) => byte === 0) && address[10] === 0xff && address[11] === 0xff;

/** Only an octet can have them: `010.0.0.1`. In IPv6 groups they are allowed. */
const hasLeadingZeros = (text: string): boolean =>
  text.includes('.') &&
  text
    .split(/[.:]/)
    .slice(-4)
    .some((octet) => /^0[0-9]/.test(octet));

/** The first of the longest runs of two or more zero groups. */
function longestZeroRun(groups: readonly number[]): { start: number; end: number } | undefined {
  let best: { start: number; end: number } | undefined;
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - start >= 2 && (!best || end - start > best.end - best.start)) best = { start, end };
    if (end > start) start = end;
  }
  return best;
}
