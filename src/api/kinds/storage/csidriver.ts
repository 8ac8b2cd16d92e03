import { duplicate, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { CSIDriver as CSIDriverType, CSIDriverSpec, TokenRequest } from '../../generated/storage/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateOptionalSupported } from '../../validation/field-checks.ts';

const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];
const lifecycleModes = ['Persistent', 'Ephemeral'];
const minTokenSeconds = 600;
const maxTokenSeconds = 2 ** 32;
const minUpdatePeriodSeconds = 10;

export const CSIDriver = defineKind<CSIDriverType>({
  ...generatedKind('storage.k8s.io', 'v1', 'CSIDriver'),
  columns: [
    nameColumn,
    { name: 'AttachRequired', type: 'boolean', cell: ({ spec }) => spec.attachRequired ?? true },
    { name: 'PodInfoOnMount', type: 'boolean', cell: ({ spec }) => spec.podInfoOnMount ?? false },
    { name: 'StorageCapacity', type: 'boolean', cell: ({ spec }) => spec.storageCapacity ?? false },
    {
      name: 'TokenRequests',
      type: 'string',
      cell: ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    },
    { name: 'RequiresRepublish', type: 'boolean', cell: ({ spec }) => spec.requiresRepublish ?? false },
    { name: 'Modes', type: 'string', cell: ({ spec }) => spec.volumeLifecycleModes?.join(',') || '<none>' },
    ageColumn,
  ],
  strategy: {
    unconditionalUpdate: false,
    generationFields: ['spec'],
    defaults({ spec }) {
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
    validate: ({ spec }) => validateSpec(spec),
    // `attachedRequired` is upstream's name for the path.
    validateUpdate: ({ spec }, { spec: old }) => [
      ...validateImmutable(spec.attachRequired, old.attachRequired, 'spec.attachedRequired'),
      ...validateImmutable(spec.volumeLifecycleModes, old.volumeLifecycleModes, 'spec.volumeLifecycleModes'),
    ],
  },
});

function validateSpec(spec: CSIDriverSpec): FieldError[] {
  const modes = (spec.volumeLifecycleModes ?? []).filter((mode) => !lifecycleModes.includes(mode));
  const period = spec.nodeAllocatableUpdatePeriodSeconds;
  return [
    ...(spec.attachRequired === undefined ? [required('spec.attachedRequired')] : []),
    ...(['podInfoOnMount', 'storageCapacity'] as const)
      .filter((field) => spec[field] === undefined)
      .map((field) => required(`spec.${field}`)),
    ...validateOptionalSupported(spec.fsGroupPolicy, 'spec.fsGroupPolicy', fsGroupPolicies),
    ...validateTokenRequests(spec.tokenRequests ?? [], 'spec.tokenRequests'),
    ...modes.map((mode) => notSupported('spec.volumeLifecycleModes', mode, lifecycleModes)),
    ...(spec.seLinuxMount === undefined ? [required('spec.seLinuxMount')] : []),
    ...(period !== undefined && period < minUpdatePeriodSeconds
      ? [invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be greater than or equal to 10 seconds')]
      : []),
  ];
}

function validateTokenRequests(requests: readonly TokenRequest[], path: string): FieldError[] {
  return requests.flatMap(({ audience, expirationSeconds }, i) => {
    if (requests.findIndex((earlier) => earlier.audience === audience) < i) return [duplicate(`${path}[${i}].audience`, audience)];
    if (expirationSeconds === undefined) return [];
    const at = `${path}[${i}].expirationSeconds`;
    if (expirationSeconds < minTokenSeconds) return [invalid(at, expirationSeconds, 'may not specify a duration less than 10 minutes')];
    return expirationSeconds > maxTokenSeconds
      ? [invalid(at, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')]
      : [];
  });
}
