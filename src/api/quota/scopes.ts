import type { PersistentVolumeClaim, Pod, ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../generated/core/v1.ts';
import type { Kind } from '../kind.ts';
import { qosClass } from '../kinds/core/pod-resources.ts';
import type { KubeObject } from '../meta.ts';

/** Does the quota count this object? One without scopes counts all; one with scopes pods, or claims of certain volume attributes classes. */
export function matchesScopes(
  { scopes = [], scopeSelector }: ResourceQuotaSpec,
  { group, plural }: Pick<Kind, 'group' | 'plural'>,
  object: KubeObject,
): boolean {
  const requirements: readonly ScopedResourceSelectorRequirement[] = [
    ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' as const })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
  if (requirements.length === 0) return true;
  if (group !== '') return false;
  if (plural === 'pods') return requirements.every((requirement) => matches(requirement, object as Pod));
  return (
    plural === 'persistentvolumeclaims' && requirements.every((requirement) => claimMatches(requirement, object as PersistentVolumeClaim))
  );
}

/** Each class that the claim has, wants or is on its way to. */
function claimMatches(
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
  { spec, status }: PersistentVolumeClaim,
): boolean {
  if (scopeName !== 'VolumeAttributesClass') return false;
  const named = [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ];
  const classes = named.filter((name) => (name ?? '') !== '');
  return (classes.length === 0 ? [''] : classes).some((name) => matchesName(operator, values, name!));
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
      return matchesName(operator, values, pod.spec.priorityClassName ?? '');
    default:
      return false;
  }
}

const isDeadlined = ({ spec }: Pod): boolean => (spec.activeDeadlineSeconds ?? -1) >= 0;

function matchesName(operator: string, values: readonly string[], name: string): boolean {
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
