import type { Node, Pod, TopologySpreadConstraint } from '../../../api/generated/core/v1.ts';
import type { LabelRequirement } from '../../../api/label-requirement.ts';
import { matchesLabels, selectorOf, selectorOfLabels } from '../../../api/label-selector.ts';
import type { NodeMatcher } from '../../../api/scheduling/node-affinity.ts';
import { repellingEffects, untolerated } from '../../../api/scheduling/tolerations.ts';
import type { NodeInfo } from '../../framework.ts';

export type Action = TopologySpreadConstraint['whenUnsatisfiable'];

/** A constraint as it is asked about: read, and with its defaults. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: readonly LabelRequirement[];
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

export const constraintsOf = (
  written: readonly TopologySpreadConstraint[],
  action: Action,
  labels: Pod['metadata']['labels'],
): SpreadConstraint[] =>
  written
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map((constraint) => ({
      topologyKey: constraint.topologyKey,
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      selector: [...ownValues(constraint.matchLabelKeys ?? [], labels), ...selectorOf(constraint.labelSelector)],
      honorsAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
      honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
    }));

/** What `matchLabelKeys` adds: pods that have the same there. */
const ownValues = (keys: readonly string[], labels: Pod['metadata']['labels'] = {}): LabelRequirement[] =>
  selectorOfLabels(Object.fromEntries(keys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]]))));

export const selects = ({ selector }: SpreadConstraint, { metadata }: Pod): boolean => matchesLabels(selector, metadata.labels);

/** Has the node all the topology keys? */
export function isInAllTopologies({ metadata: { labels } }: Node, constraints: readonly SpreadConstraint[]): boolean {
  for (const { topologyKey } of constraints) if (labels?.[topologyKey] === undefined) return false;
  return true;
}

/** Whether the pod could go to the node at all, as far as the constraint's policies care. */
export function countsNode({ honorsAffinity, honorsTaints }: SpreadConstraint, node: Node, { spec }: Pod, required: NodeMatcher): boolean {
  if (honorsAffinity && !required(node)) return false;
  return !honorsTaints || !untolerated(node.spec.taints, spec.tolerations, repellingEffects);
}

/** Pods on the node that the constraint spreads: those on their way out do not count. A selector of everything counts none, as upstream's. */
export function countPods({ pods }: Pick<NodeInfo, 'pods'>, selector: readonly LabelRequirement[], namespace: string | undefined): number {
  if (selector.length === 0) return 0;
  let count = 0;
  for (const { pod } of pods) {
    const { metadata } = pod;
    if (metadata.namespace !== namespace || metadata.deletionTimestamp !== undefined) continue;
    if (matchesLabels(selector, metadata.labels)) count++;
  }
  return count;
}
