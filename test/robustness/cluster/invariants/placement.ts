import type { Pod as PodType } from '../../../../src/api/generated/core/v1.ts';
import { Node } from '../../../../src/api/kinds/core/node.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { podRequests } from '../../../../src/api/kinds/core/pod-resources.ts';
import { isFinished, isScheduled } from '../../../../src/api/pods/pod-state.ts';
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../../../../src/api/quantity.ts';
import type { Invariant } from '../invariant.ts';
import { nameOf, type Change, type ClusterModel } from '../model.ts';
import { podChange } from './pod-changes.ts';

export class BoundOnce implements Invariant {
  readonly name = 'a pod is bound to one node for good';
  looked = 0;

  see(change: Change): string | undefined {
    const { before, after } = podChange(change) ?? {};
    if (!before || !after || !isScheduled(before)) return undefined;
    this.looked++;
    if (before.spec.nodeName === after.spec.nodeName) return undefined;
    return `${nameOf(after)} went from ${before.spec.nodeName} to ${after.spec.nodeName ?? 'nowhere'}`;
  }
}

export class RoomOnNodes implements Invariant {
  readonly name = 'no node has more pods bound to it than it has room for';
  looked = 0;

  see(change: Change, cluster: ClusterModel): string | undefined {
    const { before, after } = podChange(change) ?? {};
    if (!after || !isScheduled(after) || (before && isScheduled(before))) return undefined;
    const node = cluster.all(Node).find(({ metadata }) => metadata.name === after.spec.nodeName);
    if (!node) return `${nameOf(after)} was bound to ${after.spec.nodeName}, which is not there`;
    this.looked++;
    const pods = cluster.all(Pod).filter((pod) => pod.spec.nodeName === after.spec.nodeName && !isFinished(pod));
    for (const [resource, amount] of Object.entries(node.status?.allocatable ?? {})) {
      const used = resource === 'pods' ? parseQuantity(String(pods.length)) : requested(pods, resource);
      if (compareQuantities(used, parseQuantity(amount)) > 0) return `${nameOf(node)} has no room for the ${resource} of ${nameOf(after)}`;
    }
    return undefined;
  }
}

const requested = (pods: readonly PodType[], resource: string): Quantity =>
  pods.reduce((sum, { spec }) => addQuantities(sum, podRequests(spec).get(resource) ?? parseQuantity('0')), parseQuantity('0'));
