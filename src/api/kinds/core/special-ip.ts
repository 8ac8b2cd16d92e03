import { invalid, type FieldError } from '../../field-error.ts';
import { ipText, parseIp } from '../../validation/ip.ts';

/** No endpoint and no external address is unspecified, loopback or link-local (upstream's ValidateNonSpecialIP). */
export function validateNonSpecialIp(text: string, path: string): FieldError[] {
  const address = parseIp(text);
  if (!address) return [invalid(path, text, 'must be a valid IP address')];
  const problem = specialNetworks.find((network) => network.contains(address))?.detail;
  if (problem) return [invalid(path, text, problem)];
  return address.every((byte) => byte === 0) ? [invalid(path, text, `may not be unspecified (${text})`)] : [];
}

interface SpecialNetwork {
  readonly detail: string;
  contains(address: Uint8Array): boolean;
}

const specialNetworks: readonly SpecialNetwork[] = [
  {
    detail: 'may not be in the loopback range (127.0.0.0/8, ::1/128)',
    contains: (address) => (address.length === 4 ? address[0] === 127 : ipText(address) === '::1'),
  },
  {
    detail: 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    contains: (address) =>
      address.length === 4 ? address[0] === 169 && address[1] === 254 : address[0] === 0xfe && (address[1]! & 0xc0) === 0x80,
  },
  {
    detail: 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    contains: (address) =>
      address.length === 4
        ? address[0] === 224 && address[1] === 0 && address[2] === 0
        : address[0] === 0xff && (address[1]! & 0x0f) === 0x02,
  },
];
