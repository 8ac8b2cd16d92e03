import type { Kind } from '../../api/kind.ts';
import type { KubeObject, OwnerReference } from '../../api/meta.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';

/** An object as garbage collection sees it. */
export interface Node {
  readonly uid: string;
  readonly resourceVersion: string | undefined;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly owners: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly deleting: boolean;
}

export const nodeOf = (kind: Kind, { metadata }: KubeObject): Node => ({
  uid: metadata.uid ?? '',
  resourceVersion: metadata.resourceVersion,
  kind,
  namespace: metadata.namespace,
  name: metadata.name ?? '',
  owners: metadata.ownerReferences ?? [],
  finalizers: metadata.finalizers ?? [],
  deleting: metadata.deletionTimestamp !== undefined,
});

/** All that garbage collection needs of an object: its informers keep no more, since they hold everything there is. */
export const ownershipOf = ({ metadata }: KubeObject): KubeObject => ({
  metadata: {
    name: metadata.name,
    namespace: metadata.namespace,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    ownerReferences: metadata.ownerReferences,
    finalizers: metadata.finalizers,
    deletionTimestamp: metadata.deletionTimestamp,
  },
});

export const foreground = 'foregroundDeletion';
export const orphan = 'orphan';

/** It is going, and waits for its dependents to go first. */
export const awaitsDependents = (node: Node): boolean => node.deleting && node.finalizers.includes(foreground);
/** It is going, and its dependents are to be let go of first. */
export const awaitsOrphaning = (node: Node): boolean => node.deleting && node.finalizers.includes(orphan);

/** Is the one of the other's owners, and as far on its way? */
export const isSameOwnership = (a: Node, b: Node): boolean =>
  a.kind === b.kind && a.deleting === b.deleting && semanticallyEqual(a.finalizers, b.finalizers) && semanticallyEqual(a.owners, b.owners);

/** Does the node hold up the deletion of that owner? */
export const blocks = (node: Node, ownerUid: string): boolean =>
  node.owners.some((owner) => owner.uid === ownerUid && owner.blockOwnerDeletion === true);

/** Who owns whom, by uid. */
export class OwnerGraph {
  readonly #nodes = new Map<string, Node>();
  readonly #dependents = new Map<string, Set<string>>();

  get(uid: string): Node | undefined {
    return this.#nodes.get(uid);
  }

  dependents(uid: string): Node[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((one) => this.#nodes.get(one) ?? []);
  }

  set(node: Node): void {
    this.#unlink(this.#nodes.get(node.uid));
    this.#nodes.set(node.uid, node);
    for (const { uid } of node.owners) {
      const known = this.#dependents.get(uid);
      if (known) known.add(node.uid);
      else this.#dependents.set(uid, new Set([node.uid]));
    }
  }

  /** A later state of a node that has the same owners. */
  renew(node: Node): void {
    this.#nodes.set(node.uid, node);
  }

  delete(uid: string): void {
    this.#unlink(this.#nodes.get(uid));
    this.#nodes.delete(uid);
  }

  of(kind: Kind): Node[] {
    return [...this.#nodes.values()].filter((node) => node.kind === kind);
  }

  #unlink(node: Node | undefined): void {
    for (const { uid } of node?.owners ?? []) {
      const known = this.#dependents.get(uid);
      known?.delete(node!.uid);
      if (known?.size === 0) this.#dependents.delete(uid);
    }
  }
}
