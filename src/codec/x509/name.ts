import { concatBytes } from '../bytes.ts';
import { directoryString, element, oid, sequence, setOf, tags } from './der.ts';
import { DerReader, stringValue, type DerElement } from './der-reader.ts';
import { attributeIds } from './oids.ts';

/** A certificate's subject or issuer. */
export interface Name {
  /** A Kubernetes user's name. '' for none. */
  readonly commonName: string;
  /** A Kubernetes user's groups. */
  readonly organizations: readonly string[];
  readonly organizationalUnits?: readonly string[];
  readonly countries?: readonly string[];
  readonly provinces?: readonly string[];
  readonly localities?: readonly string[];
  readonly streetAddresses?: readonly string[];
  readonly postalCodes?: readonly string[];
  readonly serialNumber?: string;
}

/** In the order of Go's pkix.Name: the values of one attribute share one relative name. */
export function encodeName(name: Name): Uint8Array {
  const relativeNames: [string, readonly string[]][] = [
    [attributeIds.country, name.countries ?? []],
    [attributeIds.organization, name.organizations],
    [attributeIds.organizationalUnit, name.organizationalUnits ?? []],
    [attributeIds.locality, name.localities ?? []],
    [attributeIds.province, name.provinces ?? []],
    [attributeIds.streetAddress, name.streetAddresses ?? []],
    [attributeIds.postalCode, name.postalCodes ?? []],
    [attributeIds.commonName, name.commonName === '' ? [] : [name.commonName]],
    [attributeIds.serialNumber, name.serialNumber ? [name.serialNumber] : []],
  ];
  const encoded = relativeNames
    .filter(([, values]) => values.length > 0)
    .map(([id, values]) => setOf(values.map((value) => sequence(oid(id), directoryString(value)))));
  return element(tags.sequence, concatBytes(encoded));
}

/** Attributes that `Name` does not know are skipped; of several common names the last counts, as in Go. */
export function decodeName(encoded: DerElement): Name {
  const found = new Map<string, string[]>();
  const relativeNames = new DerReader(encoded);
  while (!relativeNames.done) {
    for (const attribute of new DerReader(relativeNames.next(tags.set)).rest()) {
      const reader = new DerReader(attribute);
      const id = reader.oid();
      const value = reader.next();
      if (knownIds.has(id)) found.set(id, [...(found.get(id) ?? []), stringValue(value)]);
    }
  }
  return named((id) => found.get(id) ?? []);
}

const knownIds: ReadonlySet<string> = new Set(Object.values(attributeIds));

function named(values: (id: string) => string[]): Name {
  const optional = (id: string, field: keyof Name) => (values(id).length > 0 ? { [field]: values(id) } : {});
  const serialNumber = values(attributeIds.serialNumber).at(-1);
  return {
    commonName: values(attributeIds.commonName).at(-1) ?? '',
    organizations: values(attributeIds.organization),
    ...optional(attributeIds.organizationalUnit, 'organizationalUnits'),
    ...optional(attributeIds.country, 'countries'),
    ...optional(attributeIds.province, 'provinces'),
    ...optional(attributeIds.locality, 'localities'),
    ...optional(attributeIds.streetAddress, 'streetAddresses'),
    ...optional(attributeIds.postalCode, 'postalCodes'),
    ...(serialNumber !== undefined && { serialNumber }),
  };
}
