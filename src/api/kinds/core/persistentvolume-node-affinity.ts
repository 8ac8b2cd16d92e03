import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, VolumeNodeAffinity } from '../../generated/core/v1.ts';

/** Labels of old, and what they are called now. */
export const stableLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** The old affinity with those beta labels renamed that `next` has renamed: the one change it may undergo. */
export function withStableLabels(old: VolumeNodeAffinity, next: VolumeNodeAffinity | undefined): VolumeNodeAffinity {
  const nextTerms = next?.required?.nodeSelectorTerms ?? [];
  return old.required ? { required: renameInSelector(old.required, nextTerms) } : old;
}

function renameInSelector(selector: NodeSelector, nextTerms: readonly NodeSelectorTerm[]): NodeSelector {
  return { nodeSelectorTerms: selector.nodeSelectorTerms.map((term, i) => renameInTerm(term, nextTerms[i])) };
}

function renameInTerm(term: NodeSelectorTerm, next: NodeSelectorTerm | undefined): NodeSelectorTerm {
  const rename = (requirements: readonly NodeSelectorRequirement[] | undefined, nextOnes: readonly NodeSelectorRequirement[] | undefined) =>
    requirements?.map((one, i) => {
      const key = stableLabels[one.key];
      return key !== undefined && key === nextOnes?.[i]?.key ? { ...one, key } : one;
    });
  return {
    matchExpressions: rename(term.matchExpressions, next?.matchExpressions),
    matchFields: rename(term.matchFields, next?.matchFields),
  };
}
