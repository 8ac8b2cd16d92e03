import type { PersistentVolumeClaimTemplate } from '../../generated/core/v1.ts';
import { forbidden, type FieldError } from '../../field-error.ts';
import { validateLabels } from '../../validation/label-selector.ts';
import { validateAnnotations } from '../../validation/metadata.ts';
import { validateVolumeClaimSpec } from './volume-claim-spec-validation.ts';

/** Of a generic ephemeral volume: the claim takes labels and annotations from it, and no name. */
export function validateVolumeClaimTemplate(template: PersistentVolumeClaimTemplate, path: string): FieldError[] {
  const metadata = template.metadata ?? {};
  const { labels, annotations, ...others } = metadata;
  return [
    ...validateAnnotations(annotations, `${path}.metadata.annotations`),
    ...validateLabels(labels, `${path}.metadata.labels`),
    ...Object.entries(others)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([field]) => forbidden(`${path}.metadata.${field}`, 'cannot be set')),
    ...validateVolumeClaimSpec(template.spec ?? {}, `${path}.spec`),
  ];
}
