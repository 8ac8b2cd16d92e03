import type { Kind } from '../api/kind.ts';
import { apiVersionOf, type KubeObject, type OwnerReference } from '../api/meta.ts';

/** The reference by which `owner` controls another object (apimachinery's NewControllerRef). */
export const controllerReference = (owner: KubeObject, kind: Kind): OwnerReference => ({
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  name: owner.metadata.name ?? '',
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  // Asked of every pod at every change of one: a loop, as a closure each time would show.
  for (const reference of metadata.ownerReferences ?? none) if (reference.controller) return reference;
  return undefined;
}

const none: readonly OwnerReference[] = [];

export const isControlledBy = (object: KubeObject, owner: KubeObject): boolean => controllerOf(object)?.uid === owner.metadata.uid;

/** With `apiVersion` and `kind`, which objects from lists do not carry: events need them. */
export const withType = <O extends KubeObject>(object: O, kind: Kind): O => ({
  ...object,
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
});
