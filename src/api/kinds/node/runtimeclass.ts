import type { FieldError } from '../../field-error.ts';
import type { RuntimeClass as RuntimeClassType } from '../../generated/node/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateText } from '../../validation/field-checks.ts';
import { validateLabels } from '../../validation/label-selector.ts';
import { dns1123Label } from '../../validation/names.ts';
import { validateContainerResources } from '../core/container-resources-validation.ts';
import { labelWarnings } from '../core/node-label-deprecations.ts';
import { validateTolerations } from '../core/pod-scheduling-validation.ts';

export const RuntimeClass = defineKind<RuntimeClassType>({
  ...generatedKind('node.k8s.io', 'v1', 'RuntimeClass'),
  columns: [nameColumn, { name: 'Handler', type: 'string', cell: ({ handler }) => handler }, ageColumn],
  strategy: {
    unconditionalUpdate: false,
    validate: validateRuntimeClass,
    validateUpdate: (next, old) => validateImmutable(next.handler, old.handler, 'handler'),
    warnings: ({ scheduling }) => labelWarnings(scheduling?.nodeSelector, () => 'scheduling.nodeSelector'),
  },
});

function validateRuntimeClass({ handler, overhead, scheduling }: RuntimeClassType): FieldError[] {
  return [
    ...validateText(handler, 'handler', dns1123Label),
    // What a sandbox costs is bounded as a container's limits are.
    ...(overhead ? validateContainerResources({ limits: overhead.podFixed }, new Set(), 'overhead') : []),
    ...validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(scheduling?.tolerations ?? [], 'scheduling.tolerations'),
  ];
}
