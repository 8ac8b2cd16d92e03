import type { LabelSelector } from '../../meta.ts';

/** Labels of old, and what they are called now. */
export const stableLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** `deprecated since v1.14; use "kubernetes.io/os" instead`; undefined for labels that are well. */
export function labelDeprecation(label: string): string | undefined {
  const instead = stableLabels[label];
  if (instead === undefined) return undefined;
  return `deprecated since ${instead.startsWith('kubernetes.io/') ? 'v1.14' : 'v1.17'}; use "${instead}" instead`;
}

interface Expressions {
  readonly matchExpressions?: readonly { readonly key: string }[];
}

/** Of a node selector's term. */
export const expressionWarnings = ({ matchExpressions = [] }: Expressions, path: string): string[] =>
  matchExpressions.flatMap(({ key }, i) => {
    const deprecation = labelDeprecation(key);
    return deprecation === undefined ? [] : [`${path}.matchExpressions[${i}].key: ${key} is ${deprecation}`];
  });

export const nodeSelectorWarnings = (selector: LabelSelector, path: string): string[] => [
  ...expressionWarnings(selector, path),
  ...labelWarnings(selector.matchLabels, (label) => `${path}.matchLabels.${label}`),
];

export const labelWarnings = (labels: Readonly<Record<string, string>> | undefined, pathOf: (label: string) => string): string[] =>
  Object.keys(labels ?? {}).flatMap((label) => {
    const deprecation = labelDeprecation(label);
    return deprecation === undefined ? [] : [`${pathOf(label)}: ${deprecation}`];
  });
