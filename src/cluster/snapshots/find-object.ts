import type { Kind } from '../../api/kind.ts';
import { keyOf, type IndexedObject } from './object-index.ts';

export interface WantedObject {
  /** As a person writes it: `pod`, `po`, `Pods`, `deployments.apps`, `widgets.example.com`. */
  readonly kind: string;
  readonly name: string;
}

/** `kind/name`; undefined for anything else, as keys, which begin with a slash. */
export function parseWanted(argument: string): WantedObject | undefined {
  const [, kind, name] = /^([^/]+)\/([^/]+)$/.exec(argument) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind: kind.toLowerCase(), name };
}

/** All objects of that kind and name, in whatever namespace. `builtIn` knows their other names. */
export function findObjects(objects: Iterable<IndexedObject>, wanted: WantedObject, builtIn: readonly Kind[]): IndexedObject[] {
  return [...objects].filter((one) => {
    const { resource, name } = keyOf(one);
    return name === wanted.name && namesOf(resource, one, builtIn).has(wanted.kind);
  });
}

function namesOf(resource: string, { about: { kind, apiVersion } }: IndexedObject, builtIn: readonly Kind[]): Set<string> {
  const [plural = ''] = resource.split('.');
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  // Encrypted objects do not tell their kind, but stand in their resource's place.
  const kinds = builtIn.filter((one) => one.plural === resource && (kind === '' || one.kind === kind));
  const names = [resource, plural, kind, ...kinds.flatMap((one) => [one.kind, one.singular, ...one.shortNames])];
  return new Set(
    [...names, ...(group === '' ? [] : [`${plural}.${group}`, `${kind}.${group}`])].filter(Boolean).map((name) => name.toLowerCase()),
  );
}
