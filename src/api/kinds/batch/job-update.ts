import { invalid, type FieldError } from '../../field-error.ts';
import type { Job, JobSpec } from '../../generated/batch/v1.ts';
import type { Affinity, Container, PodSpec, PodTemplateSpec } from '../../generated/core/v1.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { isTrue } from '../conditions.ts';

/** What a Job's spec may not change after it was made. */
export function validateJobSpecUpdate(next: Job, old: Job): FieldError[] {
  return [
    ...validateCompletions(next.spec, old.spec),
    ...unchanged(next.spec, old.spec, 'selector'),
    ...validateTemplateUpdate(next.spec.template, old),
    ...unchanged(next.spec, old.spec, 'completionMode'),
    ...unchanged(next.spec, old.spec, 'podFailurePolicy'),
    ...unchanged(next.spec, old.spec, 'backoffLimitPerIndex'),
    ...unchanged(next.spec, old.spec, 'managedBy'),
    ...unchanged(next.spec, old.spec, 'successPolicy'),
  ];
}

const unchanged = (next: JobSpec, old: JobSpec, name: keyof JobSpec): FieldError[] =>
  validateImmutable(next[name], old[name], `spec.${name}`);

/** An Indexed Job may be scaled, by both numbers at once. */
function validateCompletions(next: JobSpec, old: JobSpec): FieldError[] {
  if (next.completionMode !== 'Indexed') return unchanged(next, old, 'completions');
  if (next.completions === undefined || next.completions === old.completions || next.completions === next.parallelism) return [];
  return [invalid('spec.completions', next.completions, 'can only be modified in tandem with spec.parallelism')];
}

/** While a Job is suspended and has no pods, a queueing controller may say where they go and what they get. */
function validateTemplateUpdate(next: PodTemplateSpec, old: Job): FieldError[] {
  const suspended = old.spec.suspend === true;
  const idle = isTrue(old.status?.conditions, 'Suspended') && !old.status?.active;
  const mayMove = suspended && (old.status?.startTime === undefined || idle);
  const expected = mayMove ? withPlacementOf(old.spec.template, next) : old.spec.template;
  if (!suspended || !idle) return validateImmutable(next, expected, 'spec.template');
  return validateImmutable(next.spec, withResourcesOf(expected.spec, next.spec), 'spec.template.spec');
}

function withPlacementOf(old: PodTemplateSpec, next: PodTemplateSpec): PodTemplateSpec {
  if (!old.spec || !next.spec) return old;
  const { nodeSelector, tolerations, schedulingGates } = next.spec;
  return {
    metadata: { ...old.metadata, annotations: next.metadata?.annotations, labels: next.metadata?.labels },
    spec: { ...old.spec, nodeSelector, tolerations, schedulingGates, affinity: withNodeAffinityOf(old.spec.affinity, next.spec.affinity) },
  };
}

function withNodeAffinityOf(old: Affinity | undefined, next: Affinity | undefined): Affinity | undefined {
  if (!old && !next) return undefined;
  const merged = { ...old, nodeAffinity: next?.nodeAffinity };
  return !next && semanticallyEqual(merged, {}) ? undefined : merged;
}

function withResourcesOf(old: PodSpec | undefined, next: PodSpec | undefined): PodSpec | undefined {
  if (!old || !next) return old;
  return {
    ...old,
    containers: resourcesFrom(old.containers, next.containers),
    ...(old.initContainers && { initContainers: resourcesFrom(old.initContainers, next.initContainers ?? []) }),
  };
}

function resourcesFrom(old: readonly Container[], next: readonly Container[]): readonly Container[] {
  if (old.length !== next.length) return old;
  return old.map((container, index) =>
    container.name === next[index]!.name ? { ...container, resources: next[index]!.resources } : container,
  );
}
