/** What the makers of EndpointSlices share: what makes two endpoints the same one, and how a plan is carried out. */
import { isNotFound } from '../../api/errors.ts';
import type { Endpoint, EndpointPort, EndpointSlice as EndpointSliceObject } from '../../api/generated/discovery/v1.ts';
import { EndpointSlice } from '../../api/kinds/discovery/endpointslice.ts';
import { nameIsDns1123Subdomain } from '../../api/validation/names.ts';
import type { Client } from '../../client/client.ts';
import { messageOf } from '../error-message.ts';
import { isNamespaceTerminating } from '../pod-control.ts';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

export type AddressType = 'IPv4' | 'IPv6';

/** Slices to be written; those to be created have a `generateName` and no name. */
export interface SlicePlan {
  readonly create: readonly EndpointSliceObject[];
  readonly update: readonly EndpointSliceObject[];
  readonly remove: readonly EndpointSliceObject[];
}

export const changesNothing = ({ create, update, remove }: SlicePlan): boolean => create.length + update.length + remove.length === 0;

/** Equal for ports that mean the same, whatever their order. */
export const portsKey = (ports: readonly EndpointPort[] | undefined): string =>
  (ports ?? [])
    .map(({ name = '', protocol = 'TCP', port = '', appProtocol = '' }) => `${name}|${protocol}|${port}|${appProtocol}`)
    .sort()
    .join(',');

/** Equal for what is one endpoint through all its states: same addresses, same name, same pod. */
export const endpointKey = ({ addresses, hostname = '', targetRef }: Endpoint): string =>
  `${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}|${hostname}|${addresses.length > 1 ? [...addresses].sort().join(',') : (addresses[0] ?? '')}`;

/** Of two endpoints with the same key: are they in the same state? Hints are no state. */
export const sameEndpointState = (one: Endpoint, other: Endpoint): boolean =>
  one.nodeName === other.nodeName &&
  one.zone === other.zone &&
  one.conditions?.ready === other.conditions?.ready &&
  one.conditions?.serving === other.conditions?.serving &&
  one.conditions?.terminating === other.conditions?.terminating &&
  one.targetRef?.uid === other.targetRef?.uid &&
  one.targetRef?.kind === other.targetRef?.kind;

/** `web-`; without the dash where that would be too long for a name. */
export function sliceNamePrefix(owner: string): string {
  const prefix = `${owner}-`;
  return nameIsDns1123Subdomain(prefix, true).length === 0 ? prefix : owner;
}

/**
 * A slice that would go is written over with one that would come, of the same address type, which cannot
 * change: one write instead of two. `mayReuse` says which may be taken.
 */
export function recycle(plan: SlicePlan, mayReuse: (slice: EndpointSliceObject) => boolean = () => true): SlicePlan {
  const create = [...plan.create];
  const update = [...plan.update];
  const remove = plan.remove.filter((old) => {
    const index = mayReuse(old) ? create.findLastIndex(({ addressType }) => addressType === old.addressType) : -1;
    if (index < 0) return true;
    const [fresh] = create.splice(index, 1);
    const { generateName: _, ...metadata } = fresh!.metadata;
    update.push({ ...fresh!, metadata: { ...metadata, name: old.metadata.name } });
    return false;
  });
  return { create, update, remove };
}

/** Throws at the first write that fails, in upstream's words, with the API's error as the cause. */
export async function writeSlices(client: Client, plan: SlicePlan, owner: string): Promise<void> {
  for (const slice of plan.create) {
    try {
      await client.create(EndpointSlice, slice);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      throw new Error(`failed to create EndpointSlice for ${owner}: ${messageOf(error)}`, { cause: error });
    }
  }
  for (const slice of plan.update) {
    await client.update(EndpointSlice, slice).catch((error: unknown) => {
      throw new Error(`failed to update ${slice.metadata.name} EndpointSlice for ${owner}: ${messageOf(error)}`, { cause: error });
    });
  }
  for (const { metadata } of plan.remove) {
    await client.delete(EndpointSlice, { namespace: metadata.namespace, name: metadata.name! }).catch((error: unknown) => {
      if (isNotFound(error)) return;
      throw new Error(`failed to delete ${metadata.name} EndpointSlice for ${owner}: ${messageOf(error)}`, { cause: error });
    });
  }
}
