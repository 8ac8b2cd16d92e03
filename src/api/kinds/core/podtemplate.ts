import type { PodTemplate as PodTemplateType } from '../../generated/core/v1.ts';
import { defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { containerColumns, labelsText } from '../columns.ts';
import { defaultPodTemplateSpec } from './pod-defaults.ts';
import { podTemplateWarnings, validatePodTemplateSpec } from './pod-template.ts';

export const PodTemplate = defineKind<PodTemplateType>({
  ...generatedKind('', 'v1', 'PodTemplate'),
  columns: [
    nameColumn,
    // Shown always here, unlike in the tables of those who make pods.
    ...containerColumns<PodTemplateType>(({ template }) => template?.spec?.containers ?? []).map((column) => ({ ...column, priority: 0 })),
    {
      name: 'Pod Labels',
      type: 'string',
      description: 'The labels for the pod template.',
      cell: ({ template }) => labelsText(template?.metadata?.labels),
    },
  ],
  strategy: {
    defaults: (object) => {
      object.template ??= {};
      object.template.spec ??= { containers: [] };
      defaultPodTemplateSpec(object.template);
    },
    validate: ({ template }) => validatePodTemplateSpec(template ?? {}, 'template'),
    warnings: ({ template }, old) =>
      old && semanticallyEqual(template, old.template) ? [] : podTemplateWarnings(template, old?.template, 'template'),
    generationFields: ['template'],
  },
});
