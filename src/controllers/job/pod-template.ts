import type { Job } from '../../api/generated/batch/v1.ts';
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../../api/generated/core/v1.ts';
import { matchFailure } from './failure-policy.ts';
import {
  completionIndexKey,
  indexFailures,
  indexFailuresKey,
  indexIgnoredFailures,
  indexIgnoredFailuresKey,
  trackingFinalizer,
} from './job-state.ts';

/** The template of every pod of the job. */
export function trackedTemplate({ spec: { template } }: Job): PodTemplateSpec {
  const finalizers = template.metadata?.finalizers ?? [];
  if (finalizers.includes(trackingFinalizer)) return template;
  return { ...template, metadata: { ...template.metadata, finalizers: [...finalizers, trackingFinalizer] } };
}

/** The template of the pod with the index, in place of the one that failed, if one did. */
export function indexedTemplate(job: Job, index: number, failed: Pod | undefined): PodTemplateSpec {
  const { metadata = {}, spec } = trackedTemplate(job);
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [completionIndexKey]: String(index) },
      annotations: { ...metadata.annotations, [completionIndexKey]: String(index), ...failureCounts(job, failed) },
    },
    spec: { ...withIndexVariable(spec ?? { containers: [] }), hostname: `${job.metadata.name}-${index}` },
  };
}

/** `<job>-<index>-`, of the job's name as much as leaves room for five random characters. */
export function indexedNamePrefix(job: Job, index: number): string {
  const suffix = `-${index}-`;
  return (job.metadata.name ?? '').slice(0, longestPrefix - suffix.length) + suffix;
}

const longestPrefix = 58;

function failureCounts(job: Job, failed: Pod | undefined): Record<string, string> {
  if (job.spec.backoffLimitPerIndex === undefined) return {};
  if (!failed) return { [indexFailuresKey]: '0' };
  const { counts } = matchFailure(job.spec.podFailurePolicy, failed);
  const ignored = indexIgnoredFailures(failed) + (counts ? 0 : 1);
  return {
    [indexFailuresKey]: String(indexFailures(failed) + (counts ? 1 : 0)),
    ...(ignored > 0 && { [indexIgnoredFailuresKey]: String(ignored) }),
  };
}

const variable = 'JOB_COMPLETION_INDEX';

function withIndexVariable(spec: PodSpec): PodSpec {
  const fieldRef = { fieldPath: `metadata.labels['${completionIndexKey}']` };
  const add = (container: Container): Container =>
    container.env?.some(({ name }) => name === variable)
      ? container
      : { ...container, env: [...(container.env ?? []), { name: variable, valueFrom: { fieldRef } }] };
  return { ...spec, containers: spec.containers.map(add), ...(spec.initContainers && { initContainers: spec.initContainers.map(add) }) };
}
