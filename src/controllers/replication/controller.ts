import type { ReplicationController as ReplicationControllerObject } from '../../api/generated/core/v1.ts';
import { ReplicationController } from '../../api/kinds/core/replicationcontroller.ts';
import { matchesNothing, selectorOfLabels } from '../../api/label-selector.ts';
import type { Controller } from '../../client/controller.ts';
import { replicasController } from '../../workloads/replicas.ts';

/** Source: kube-controller-manager's replicationcontroller-controller, which is the one of ReplicaSets under another name. */
export const replicationControllerController = (): Controller =>
  replicasController<ReplicationControllerObject>({
    name: 'replication-controller',
    kind: ReplicationController,
    selector: ({ spec }) => (spec.selector ? selectorOfLabels(spec.selector) : matchesNothing),
    tellsTerminating: false,
  });
