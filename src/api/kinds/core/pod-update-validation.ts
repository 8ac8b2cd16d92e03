import type { Container, NodeAffinity, NodeSelectorTerm, Pod, PodSpec, Toleration } from '../../generated/core/v1.ts';
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { rangeDetail } from '../../validation/names.ts';
import { objectDiff } from '../../validation/object-diff.ts';
import { validatePodAnnotationChanges } from './pod-annotation-validation.ts';

const maxInt32 = 2 ** 31 - 1;

const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** Upstream's ValidatePodUpdate, beyond what is checked of every pod. */
export function validatePodUpdate(next: Pod, old: Pod): FieldError[] {
  const annotations = validatePodAnnotationChanges(next.metadata.annotations ?? {}, old.metadata.annotations ?? {}, 'metadata.annotations');
  return [...annotations, ...validateSpecUpdate(next.spec, old.spec)];
}

function validateSpecUpdate(next: PodSpec, old: PodSpec): FieldError[] {
  for (const field of ['containers', 'initContainers'] as const) {
    if ((next[field] ?? []).length !== (old[field] ?? []).length) {
      return [forbidden(`spec.${field}`, 'pod updates may not add or remove containers')];
    }
  }
  const deadline = validateDeadlineChange(next.activeDeadlineSeconds, old.activeDeadlineSeconds);
  if (deadline.length > 0 && next.activeDeadlineSeconds !== undefined) return deadline;
  const problems = [
    ...deadline,
    ...validateOnlyAddedTolerations(next.tolerations ?? [], old.tolerations ?? []),
    ...validateOnlyRemovedGates(next, old),
  ];
  if (semanticallyEqual(next, old)) return problems;
  const gated = (old.schedulingGates ?? []).length > 0;
  if (gated) problems.push(...validateGatedChanges(next, old));
  const otherwise = withAllowedChangesUndone(next, old, gated);
  if (!semanticallyEqual(otherwise, old)) {
    problems.push(forbidden('spec', `pod updates may not change fields other than ${changeable}\n${objectDiff(old, otherwise)}`));
  }
  return problems;
}

/** It may be set once, and then only be brought nearer. */
function validateDeadlineChange(next: number | undefined, old: number | undefined): FieldError[] {
  const path = 'spec.activeDeadlineSeconds';
  if (next === undefined) {
    return old === undefined ? [] : [invalid(path, null, 'must not update from a positive integer to nil value')];
  }
  if (next < 0 || next > maxInt32) return [invalid(path, next, rangeDetail(0, maxInt32))];
  return old !== undefined && old < next ? [invalid(path, next, 'must be less than or equal to previous value')] : [];
}

function validateOnlyAddedTolerations(next: readonly Toleration[], old: readonly Toleration[]): FieldError[] {
  const kept = ({ tolerationSeconds: _seconds, ...known }: Toleration) =>
    next.some(({ tolerationSeconds: _others, ...one }) => semanticallyEqual(one, known));
  if (old.every(kept)) return [];
  return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}

function validateOnlyRemovedGates(next: PodSpec, old: PodSpec): FieldError[] {
  const known = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  return (next.schedulingGates ?? []).flatMap(({ name }, i) =>
    known.has(name)
      ? []
      : [forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  );
}

/** As long as a gate keeps the pod from the scheduler, where it may go can be narrowed further. */
function validateGatedChanges(next: PodSpec, old: PodSpec): FieldError[] {
  const wanted = Object.entries(old.nodeSelector ?? {});
  const narrowed = wanted.every(([key, value]) => next.nodeSelector?.[key] === value);
  const problems: FieldError[] = [];
  if (!narrowed) {
    const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    problems.push(invalid('spec.nodeSelector', next.nodeSelector ?? {}, detail));
  }
  return [...problems, ...validateNodeAffinityNarrowed(next.affinity?.nodeAffinity, old.affinity?.nodeAffinity)];
}

function validateNodeAffinityNarrowed(next: NodeAffinity | undefined, old: NodeAffinity | undefined): FieldError[] {
  if (semanticallyEqual(next, old)) return [];
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const oldTerms = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const nextTerms = next?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (oldTerms.length === 0) return [];
  if (oldTerms.length !== nextTerms.length) {
    return [invalid(path, nextTerms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  }
  return nextTerms.flatMap((term, i) =>
    onlyAdds(term, oldTerms[i]!) ? [] : [invalid(`${path}[${i}]`, term, 'only additions are allowed (no mutations or deletions)')],
  );
}

/** An empty term matches nothing: to add to it would widen it. */
function onlyAdds(next: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const lists = (['matchExpressions', 'matchFields'] as const).map((field) => [next[field] ?? [], old[field] ?? []] as const);
  if (lists.every(([, before]) => before.length === 0)) return lists.every(([after]) => after.length === 0);
  return lists.every(([after, before]) => semanticallyEqual(after.slice(0, before.length), before));
}

/** The new spec but for what may change, which is as it was: whatever still differs may not. */
function withAllowedChangesUndone(next: PodSpec, old: PodSpec, gated: boolean): PodSpec {
  const oldImages = (containers: readonly Container[] | undefined, before: readonly Container[] | undefined) =>
    containers?.map((container, i) => ({ ...container, image: before?.[i]?.image }));
  const wasNegative = (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1;
  return {
    ...next,
    containers: oldImages(next.containers, old.containers) ?? [],
    initContainers: oldImages(next.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    ...(wasNegative && { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds }),
    ...(gated && { nodeSelector: old.nodeSelector, affinity: withNodeAffinityOf(old, next) }),
  };
}

function withNodeAffinityOf(old: PodSpec, next: PodSpec): PodSpec['affinity'] {
  const affinity = { ...next.affinity, nodeAffinity: old.affinity?.nodeAffinity };
  const empty = Object.values(affinity).every((part) => part === undefined);
  return empty && old.affinity === undefined ? undefined : affinity;
}
