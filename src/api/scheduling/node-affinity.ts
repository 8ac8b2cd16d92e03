/**
 * Which nodes a pod or a volume asks for (upstream's component-helpers/scheduling/corev1/nodeaffinity).
 * Matchers read and check the terms once; matching allocates nothing. A term that cannot be read, or
 * has no conditions, matches no node.
 */
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod, PreferredSchedulingTerm } from '../generated/core/v1.ts';
import { checkedRequirement, type LabelOperator, type LabelRequirement } from '../label-requirement.ts';
import { matchesLabels, selectorOfLabels } from '../label-selector.ts';

export type NodeMatcher = (node: Node) => boolean;

export const nodeSelectorMatches = (selector: NodeSelector, node: Node): boolean => nodeSelectorMatcher(selector)(node);

/** Of the pod's `spec.nodeSelector` and its required node affinity. */
export const requiredNodeAffinityMatches = (pod: Pod, node: Node): boolean => requiredNodeAffinityMatcher(pod)(node);

export function requiredNodeAffinityMatcher({ spec }: Pod): NodeMatcher {
  const labels = selectorOfLabels(spec.nodeSelector);
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return (node) => matchesLabels(labels, node.metadata.labels);
  const affinity = nodeSelectorMatcher(required);
  return (node) => matchesLabels(labels, node.metadata.labels) && affinity(node);
}

/** Any of the terms is enough. */
export function nodeSelectorMatcher({ nodeSelectorTerms }: NodeSelector): NodeMatcher {
  const terms = readableTerms(nodeSelectorTerms);
  return (node) => {
    for (const term of terms) if (matchesTerm(term, node)) return true;
    return false;
  };
}

/** The sum of the weights of the terms that match the node. */
export function nodePreference(preferred: readonly PreferredSchedulingTerm[]): (node: Node) => number {
  const weighted = preferred.flatMap(({ weight, preference }) => readableTerms([preference]).map((term) => ({ weight, term })));
  return (node) => {
    let sum = 0;
    for (const { weight, term } of weighted) if (matchesTerm(term, node)) sum += weight;
    return sum;
  };
}

/** A term whose conditions all have to hold. */
interface Term {
  readonly labels: readonly LabelRequirement[];
  readonly fields: readonly FieldCondition[];
}
/** `metadata.name` is the one field that nodes have here. */
interface FieldCondition {
  readonly isName: boolean;
  readonly wanted: string;
  readonly equal: boolean;
}

function matchesTerm({ labels, fields }: Term, node: Node): boolean {
  if (!matchesLabels(labels, node.metadata.labels)) return false;
  for (const { isName, wanted, equal } of fields) {
    const value = isName ? node.metadata.name : '';
    if ((value === wanted) !== equal) return false;
  }
  return true;
}

function readableTerms(terms: readonly NodeSelectorTerm[] | undefined): Term[] {
  return (terms ?? []).flatMap(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return [];
    try {
      return [{ labels: matchExpressions.map(labelRequirement), fields: matchFields.map(fieldCondition) }];
    } catch {
      return [];
    }
  });
}

const operators: Readonly<Record<NodeSelectorRequirement['operator'], LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

function labelRequirement({ key, operator, values = [] }: NodeSelectorRequirement): LabelRequirement {
  const known = operators[operator];
  if (!known) throw new Error(`${operator} is not a valid node selector operator`);
  return checkedRequirement(key, known, values);
}

function fieldCondition({ key, operator, values = [] }: NodeSelectorRequirement): FieldCondition {
  const [wanted, ...others] = values;
  if ((operator !== 'In' && operator !== 'NotIn') || wanted === undefined || others.length > 0) {
    throw new Error(`${operator} of ${values.length} values is not a valid field selector`);
  }
  return { isName: key === 'metadata.name', wanted, equal: operator === 'In' };
}
