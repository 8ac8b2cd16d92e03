import type { ReplicaSet as ReplicaSetObject } from '../../api/generated/apps/v1.ts';
import type { Pod as PodObject } from '../../api/generated/core/v1.ts';
import { ReplicaSet } from '../../api/kinds/apps/replicaset.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { selectorOf } from '../../api/label-selector.ts';
import type { Context, Controller } from '../../client/controller.ts';
import { controllerOf } from '../../workloads/owner.ts';
import { replicasController } from '../../workloads/replicas.ts';

/** Source: kube-controller-manager's replicaset-controller. */
export const replicaSetController = (): Controller =>
  replicasController<ReplicaSetObject>({
    name: 'replicaset-controller',
    kind: ReplicaSet,
    selector: ({ spec }) => selectorOf(spec.selector),
    related: podsOfSameOwner,
    tellsTerminating: true,
  });

/** The pods of all ReplicaSets of the Deployment: those of a rollout's old and new template share nodes. */
function podsOfSameOwner(replicaSet: ReplicaSetObject, { owned }: Context): readonly PodObject[] {
  const owner = controllerOf(replicaSet);
  if (!owner) return owned(Pod, replicaSet);
  return owned(ReplicaSet, { metadata: { uid: owner.uid } }).flatMap((sibling) => owned(Pod, sibling));
}
