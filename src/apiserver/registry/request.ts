import type { ResourceCall } from '../../api/call.ts';
import type { Kind } from '../../api/kind.ts';
import type { GroupResource } from '../../api/meta.ts';
import type { CallContext } from '../ports.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';

/** A call for a resource whose kind is found. */
export interface ResourceRequest<Call extends ResourceCall = ResourceCall> {
  readonly call: Call;
  readonly context: CallContext;
  /** In the version that was asked for. */
  readonly kind: Kind;
  readonly storage: ResourceStorage;
  /** Absent for cluster-scoped kinds, and for lists over all namespaces. */
  readonly namespace?: string;
  /** '' for collections. */
  readonly name: string;
}

/** A request with that verb. */
export type RequestTo<Verb extends ResourceCall['verb']> = ResourceRequest<Extract<ResourceCall, { readonly verb: Verb }>>;

export const groupResourceOf = ({ kind }: { readonly kind: Kind }): GroupResource => ({ group: kind.group, resource: kind.plural });
