import type { Pod, ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../generated/core/v1.ts';
import { qosClass } from '../kinds/core/pod-resources.ts';

/** Does the quota count this pod? One without scopes counts all; one with scopes counts pods alone. */
export function matchesScopes({ scopes = [], scopeSelector }: ResourceQuotaSpec, pod: Pod | undefined): boolean {
  const requirements: readonly ScopedResourceSelectorRequirement[] = [
    ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' as const })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
  return requirements.every((requirement) => pod !== undefined && matches(requirement, pod));
}

function matches({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  switch (scopeName) {
    case 'Terminating':
      return isDeadlined(pod);
    case 'NotTerminating':
      return !isDeadlined(pod);
    case 'BestEffort':
      return qosClass(pod.spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(pod.spec) !== 'BestEffort';
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(pod);
    case 'PriorityClass':
      return matchesPriorityClass(operator, values, pod.spec.priorityClassName ?? '');
    default:
      return false;
  }
}

const isDeadlined = ({ spec }: Pod): boolean => (spec.activeDeadlineSeconds ?? -1) >= 0;

function matchesPriorityClass(operator: string, values: readonly string[], name: string): boolean {
  if (operator === 'Exists') return name !== '';
  if (operator === 'DoesNotExist') return name === '';
  return operator === 'In' ? values.includes(name) : !values.includes(name);
}

function reachesOtherNamespaces({ spec: { affinity } }: Pod): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity]
    .flatMap((one) => [
      ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ])
    .some((term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined);
}
