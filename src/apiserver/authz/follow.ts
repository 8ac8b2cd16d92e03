import type { PersistentVolume, Pod } from '../../api/generated/core/v1.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { ClusterRole } from '../../api/kinds/rbac/clusterrole.ts';
import { ClusterRoleBinding } from '../../api/kinds/rbac/clusterrolebinding.ts';
import { Role } from '../../api/kinds/rbac/role.ts';
import { RoleBinding } from '../../api/kinds/rbac/rolebinding.ts';
import { follow, type CacheOf } from '../cache/follow.ts';
import type { NodeGraph } from './node/graph.ts';
import type { RbacIndex } from './rbac-source.ts';

/**
 * Keeps the index as the watch caches are: what a write was answered with is what the next call is
 * judged by. Resolves once the index has all there is.
 */
export async function followRbac(cacheOf: CacheOf, index: RbacIndex): Promise<void> {
  await Promise.all([
    follow(cacheOf, ClusterRole, (isThere, object) => index.apply(isThere, { kind: 'ClusterRole', object })),
    follow(cacheOf, Role, (isThere, object) => index.apply(isThere, { kind: 'Role', object })),
    follow(cacheOf, ClusterRoleBinding, (isThere, object) => index.apply(isThere, { kind: 'ClusterRoleBinding', object })),
    follow(cacheOf, RoleBinding, (isThere, object) => index.apply(isThere, { kind: 'RoleBinding', object })),
  ]);
}

/** The kinds that tell which object concerns which node. */
export interface NodeKinds {
  readonly pod: Kind;
  readonly persistentVolume: Kind;
  readonly volumeAttachment: Kind;
  readonly resourceSlice: Kind;
}

/** Keeps the graph as the watch caches are. Resolves once it has all there is. */
export async function followNodes(cacheOf: CacheOf, kinds: NodeKinds, graph: NodeGraph): Promise<void> {
  const owned = (kind: Kind) =>
    follow(cacheOf, kind as Kind<NodeOwned>, (isThere, object) =>
      isThere ? graph.setOwned(kind.plural, object, object.spec.nodeName) : graph.remove(kind.plural, object),
    );
  await Promise.all([
    follow(cacheOf, kinds.pod as Kind<Pod>, (isThere, pod) => (isThere ? graph.setPod(pod) : graph.remove('pods', pod))),
    follow(cacheOf, kinds.persistentVolume as Kind<PersistentVolume>, (isThere, volume) =>
      isThere ? graph.setVolume(volume) : graph.removeVolume(volume),
    ),
    owned(kinds.volumeAttachment),
    owned(kinds.resourceSlice),
  ]);
}

type NodeOwned = KubeObject & { readonly spec: { readonly nodeName?: string } };
