import { text as textOf, utf8 } from '../bytes.ts';
import * as der from './der.ts';
import { DerReader, integerValue, readDer, setBits } from './der-reader.ts';
import { ipBytes, ipText } from './ip-address.ts';
import { extendedKeyUsageIds, extensionIds, keyUsageBits, type ExtendedKeyUsage, type KeyUsage } from './oids.ts';

/** One extension as it stands in a certificate or request. */
export interface Extension {
  readonly id: string;
  readonly critical: boolean;
  /** The DER inside the octet string. */
  readonly value: Uint8Array;
}

/** For whom a certificate is good. */
export interface AltNames {
  readonly dnsNames?: readonly string[];
  /** As text; in canonical form when read. */
  readonly ipAddresses?: readonly string[];
  readonly emailAddresses?: readonly string[];
  readonly uris?: readonly string[];
}

/** What the extensions that Kubernetes uses say. */
export interface Constraints extends AltNames {
  readonly keyUsage: readonly KeyUsage[];
  readonly extendedKeyUsage: readonly ExtendedKeyUsage[];
  /** Absent: there is no BasicConstraints extension. */
  readonly basicConstraints?: { readonly ca: boolean; readonly maxPathLength?: number };
  readonly subjectKeyId?: Uint8Array;
  readonly authorityKeyId?: Uint8Array;
}

/** In the order in which Go's crypto/x509 writes them. */
export function encodeExtensions(constraints: Constraints): Uint8Array {
  return der.sequence(...extensionsOf(constraints).map(encodeExtension));
}

function encodeExtension({ id, critical, value }: Extension): Uint8Array {
  return der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}

function extensionsOf(constraints: Constraints): Extension[] {
  const { keyUsage, extendedKeyUsage, basicConstraints, subjectKeyId, authorityKeyId } = constraints;
  const all: Extension[] = [];
  const add = (id: string, critical: boolean, value: Uint8Array) => all.push({ id, critical, value });
  if (keyUsage.length > 0) add(extensionIds.keyUsage, true, der.namedBits(keyUsage.map((usage) => keyUsageBits[usage])));
  if (extendedKeyUsage.length > 0) {
    add(extensionIds.extendedKeyUsage, false, der.sequence(...extendedKeyUsage.map((usage) => der.oid(extendedKeyUsageIds[usage]))));
  }
  if (basicConstraints) add(extensionIds.basicConstraints, true, encodeBasicConstraints(basicConstraints));
  if (subjectKeyId) add(extensionIds.subjectKeyIdentifier, false, der.octetString(subjectKeyId));
  if (authorityKeyId) add(extensionIds.authorityKeyIdentifier, false, der.sequence(der.contextPrimitive(0, authorityKeyId)));
  const names = altNamesOf(constraints);
  if (names.length > 0) add(extensionIds.subjectAltName, false, der.sequence(...names));
  return all;
}

function encodeBasicConstraints({ ca, maxPathLength }: NonNullable<Constraints['basicConstraints']>): Uint8Array {
  return der.sequence(
    ...(ca ? [der.boolean(true)] : []),
    ...(ca && maxPathLength !== undefined ? [der.integer(BigInt(maxPathLength))] : []),
  );
}

/** GeneralName's tags. */
const altNameTags = { email: 1, dns: 2, uri: 6, ip: 7 } as const;

function altNamesOf({ dnsNames = [], emailAddresses = [], ipAddresses = [], uris = [] }: AltNames): Uint8Array[] {
  const ascii = (tag: number) => (name: string) => der.contextPrimitive(tag, utf8(name));
  return [
    ...dnsNames.map(ascii(altNameTags.dns)),
    ...emailAddresses.map(ascii(altNameTags.email)),
    ...ipAddresses.map((address) => {
      const bytes = ipBytes(address);
      if (!bytes) throw new RangeError(`${JSON.stringify(address)} is not an IP address`);
      return der.contextPrimitive(altNameTags.ip, bytes);
    }),
    ...uris.map(ascii(altNameTags.uri)),
  ];
}

/** Reads an `Extensions` sequence. */
export function decodeExtensions(extensions: DerReader): Extension[] {
  const all: Extension[] = [];
  while (!extensions.done) {
    const reader = extensions.sequence();
    const id = reader.oid();
    const critical = reader.optional(der.tags.boolean)?.content[0] === 0xff;
    const value = reader.next(der.tags.octetString).content;
    reader.end();
    all.push({ id, critical, value });
  }
  return all;
}

/** Usages and names of kinds that are not known here are left out; `Extension`s have them. */
export function constraintsOf(extensions: readonly Extension[]): Constraints {
  const value = (id: string) => extensions.find((extension) => extension.id === id)?.value;
  const keyUsage = value(extensionIds.keyUsage);
  const extended = value(extensionIds.extendedKeyUsage);
  const basic = value(extensionIds.basicConstraints);
  const subjectKeyId = value(extensionIds.subjectKeyIdentifier);
  const authorityKeyId = decodeAuthorityKeyId(value(extensionIds.authorityKeyIdentifier));
  return {
    keyUsage: keyUsage ? decodeKeyUsage(keyUsage) : [],
    extendedKeyUsage: extended ? decodeExtendedKeyUsage(extended) : [],
    ...(basic && { basicConstraints: decodeBasicConstraints(basic) }),
    ...(subjectKeyId && { subjectKeyId: readDer(subjectKeyId).content }),
    ...(authorityKeyId && { authorityKeyId }),
    ...decodeAltNames(value(extensionIds.subjectAltName)),
  };
}

function decodeKeyUsage(value: Uint8Array): KeyUsage[] {
  const bits = new Set(setBits(new DerReader(value).next(der.tags.bitString)));
  return namesOf(keyUsageBits).filter((usage) => bits.has(keyUsageBits[usage]));
}

function decodeExtendedKeyUsage(value: Uint8Array): ExtendedKeyUsage[] {
  const reader = new DerReader(value).sequence();
  const usages: ExtendedKeyUsage[] = [];
  while (!reader.done) {
    const id = reader.oid();
    const usage = namesOf(extendedKeyUsageIds).find((name) => extendedKeyUsageIds[name] === id);
    if (usage) usages.push(usage);
  }
  return usages;
}

const namesOf = <K extends string>(table: Readonly<Record<K, unknown>>): K[] => Object.keys(table) as K[];

function decodeBasicConstraints(value: Uint8Array): NonNullable<Constraints['basicConstraints']> {
  const reader = new DerReader(value).sequence();
  const ca = reader.optional(der.tags.boolean)?.content[0] === 0xff;
  const maxPathLength = reader.optional(der.tags.integer);
  return { ca, ...(maxPathLength && { maxPathLength: Number(integerValue(maxPathLength.content)) }) };
}

function decodeAuthorityKeyId(value: Uint8Array | undefined): Uint8Array | undefined {
  return value && new DerReader(value).sequence().optional(0x80)?.content;
}

function decodeAltNames(value: Uint8Array | undefined): Required<AltNames> {
  const names = value ? new DerReader(value).sequence().rest() : [];
  const texts = (tag: number) => names.filter((name) => name.tag === (0x80 | tag)).map((name) => textOf(name.content));
  const addresses = names.filter((name) => name.tag === (0x80 | altNameTags.ip)).map((name) => ipText(name.content));
  return {
    dnsNames: texts(altNameTags.dns),
    ipAddresses: addresses.filter((address) => address !== undefined),
    emailAddresses: texts(altNameTags.email),
    uris: texts(altNameTags.uri),
  };
}
