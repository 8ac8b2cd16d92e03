import type { NodeSelectorTerm } from '../../../api/generated/core/v1.ts';

/**
 * The nodes that the terms name by `metadata.name`, as a DaemonSet's pods do; undefined when a term
 * names none and so any node may do. Empty when no node can have the names that a term asks for together.
 */
export function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  if (terms.length === 0) return undefined;
  const all = new Set<string>();
  for (const term of terms) {
    const names = namedByTerm(term);
    if (!names) return undefined;
    for (const name of names) all.add(name);
  }
  return all;
}

function namedByTerm({ matchFields = [] }: NodeSelectorTerm): readonly string[] | undefined {
  let names: readonly string[] | undefined;
  for (const { key, operator, values = [] } of matchFields) {
    if (key !== 'metadata.name' || operator !== 'In') continue;
    names = names ? names.filter((name) => values.includes(name)) : values;
  }
  return names;
}
