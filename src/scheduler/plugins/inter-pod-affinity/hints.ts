import type { Node, Pod } from '../../../api/generated/core/v1.ts';
import type { AffinityTerm, NamespaceLabels } from '../../framework.ts';
import { podInfoOf } from '../../pod-info.ts';
import { isAdded, isSamePod, labelsChanged, type Change } from '../interest.ts';
import { selectsAll } from './required-affinity.ts';

/** Another pod begins to be wanted near, or ends to be in the way: by the waiting pod's rules or its own. */
export function changesNeighbours(pod: Pod, change: Change<Pod>, namespaceLabels: NamespaceLabels): boolean {
  if (isSamePod(pod, change)) return labelsChanged(change);
  const { old, now } = change;
  if (!(now ?? old)?.spec.nodeName) return false;
  const { affinity, antiAffinity } = podInfoOf(pod);
  const isWanted = (other: Pod | undefined) => other !== undefined && selectsAll(affinity, other, namespaceLabels);
  if (isWanted(now) && !isWanted(old)) return true;
  const any = (terms: readonly AffinityTerm[], other: Pod) => terms.some((term) => term.selects(other, namespaceLabels));
  const isInTheWay = (other: Pod | undefined) =>
    other !== undefined && (any(antiAffinity, other) || any(podInfoOf(other).antiAffinity, pod));
  return isInTheWay(old) && !isInTheWay(now);
}

/** A new node, or one with another place in the topologies that the pod's terms name; any, when only others' terms can be in its way. */
export function changesTopology(pod: Pod, change: Change<Node>): boolean {
  if (isAdded(change)) return true;
  const { old, now } = change;
  if (!old || !now) return false;
  const { affinity, antiAffinity } = podInfoOf(pod);
  const terms = [...affinity, ...antiAffinity];
  if (terms.length === 0) return labelsChanged(change);
  return terms.some(({ topologyKey }) => old.metadata.labels?.[topologyKey] !== now.metadata.labels?.[topologyKey]);
}
