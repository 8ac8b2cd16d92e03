import type { ReplicaSet } from '../../api/generated/apps/v1.ts';
import type { Pod } from '../../api/generated/core/v1.ts';
import { isFinished } from '../../api/pods/pod-state.ts';
import { isObserved } from './replica-sets.ts';

/**
 * Could a pod of an old template still run, or come yet? A pod that is being deleted runs until it is
 * gone; a ReplicaSet whose controller has not seen that it is to have none may be making one. Source:
 * oldPodsRunning in pkg/controller/deployment/recreate.go, which does not see the latter.
 */
export const oldPodsRun = (old: readonly ReplicaSet[], podsOf: (replicaSet: ReplicaSet) => readonly Pod[]): boolean =>
  old.some((one) => !isObserved(one) || hasPods(one) || podsOf(one).some((pod) => !isFinished(pod)));

const hasPods = ({ status }: ReplicaSet): boolean => (status.replicas ?? 0) > 0 || (status.terminatingReplicas ?? 0) > 0;
