import type { Pod } from '../../generated/core/v1.ts';
import { forbidden, type FieldError } from '../../field-error.ts';
import { validateImageText } from './container-validation.ts';
import { validatePodAnnotations, validateProfilesAgree } from './pod-annotation-validation.ts';
import { validateNoEphemeralContainers, validatePodSpec } from './pod-spec-validation.ts';

/** Upstream's validatePodMetadataAndSpec, but for the metadata that all kinds have. */
export function validatePod({ metadata, spec }: Pod): FieldError[] {
  return [
    ...validatePodAnnotations(metadata.annotations ?? {}, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, 'spec', { isPod: true, podName: metadata.name }),
    ...validateTokensHaveAccount({ spec }),
    ...(['containers', 'initContainers'] as const).flatMap((field) =>
      (spec[field] ?? []).flatMap((container, i) => validateImageText(container, `spec.${field}[${i}]`)),
    ),
  ];
}

/** A token is a service account's. Admission has filled the account in by now, but for static pods. */
function validateTokensHaveAccount({ spec }: Pick<Pod, 'spec'>): FieldError[] {
  if (spec.serviceAccountName) return [];
  const detail = 'must not be specified when serviceAccountName is not set';
  return (spec.volumes ?? []).flatMap((volume, i) =>
    (volume.projected?.sources ?? []).flatMap((source, j) =>
      source.serviceAccountToken ? [forbidden(`spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`, detail)] : [],
    ),
  );
}

/** What only a new pod may not have. */
export function validateNewPod({ metadata, spec }: Pod): FieldError[] {
  const placed = spec.nodeName && (spec.schedulingGates ?? []).length > 0;
  return [
    ...validateNoEphemeralContainers(spec, 'spec', 'cannot be set on create'),
    ...(placed ? [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')] : []),
    ...validateProfilesAgree(metadata.annotations ?? {}, spec, 'spec'),
  ];
}
