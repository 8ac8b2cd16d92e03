import type { PodTemplateSpec } from '../../generated/core/v1.ts';
import type { FieldError } from '../../field-error.ts';
import { validateLabels } from '../../validation/label-selector.ts';
import { validateAnnotations } from '../../validation/metadata.ts';
import { validatePodAnnotations, validateProfilesAgree } from './pod-annotation-validation.ts';
import { validateNoEphemeralContainers, validatePodSpec } from './pod-spec-validation.ts';
import { podWarnings } from './pod-warnings.ts';

/** With the two below, all that a kind which holds a template needs of pods. */
export { defaultPodSpec } from './pod-defaults.ts';

/** Upstream's ValidatePodTemplateSpec. `path` is the template's, such as `spec.template`. */
export function validatePodTemplateSpec(template: PodTemplateSpec, path: string): FieldError[] {
  const { labels, annotations = {} } = template.metadata ?? {};
  const spec = template.spec ?? { containers: [] };
  return [
    ...validateLabels(labels, `${path}.labels`),
    ...validateAnnotations(annotations, `${path}.annotations`),
    ...validatePodAnnotations(annotations, spec, `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
    ...validateProfilesAgree(annotations, spec, `${path}.spec`),
    ...validateNoEphemeralContainers(spec, `${path}.spec`, 'ephemeral containers not allowed in pod template'),
  ];
}

/** Upstream's GetWarningsForPodTemplate: what works, but not as its author may think. */
export function podTemplateWarnings(template: PodTemplateSpec | undefined, old: PodTemplateSpec | undefined, path: string): string[] {
  if (!template?.spec) return [];
  return podWarnings(template.spec, template.metadata ?? {}, old?.spec, path);
}
