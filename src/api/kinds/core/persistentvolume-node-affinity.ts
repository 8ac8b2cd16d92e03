import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, VolumeNodeAffinity } from '../../generated/core/v1.ts';
import { stableLabels } from './node-label-deprecations.ts';

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
