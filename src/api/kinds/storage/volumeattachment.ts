import { forbidden, invalid, required, tooLong, type FieldError } from '../../field-error.ts';
import type {
  VolumeAttachmentSource,
  VolumeAttachmentStatus,
  VolumeAttachment as VolumeAttachmentType,
  VolumeError,
} from '../../generated/storage/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validatePresent, validateText } from '../../validation/field-checks.ts';
import { dns1123Subdomain, rangeDetail } from '../../validation/names.ts';
import { utf8Length } from '../../validation/text-size.ts';
import { validateInlineVolumeSpec } from '../core/persistentvolume-validation.ts';
import { validateCsiDriverName } from '../core/volume-driver-validation.ts';

const maxMetadataBytes = 256 * 1024;
const maxMessageBytes = 1024;
const largestInt32 = 2 ** 31 - 1;

export const VolumeAttachment = defineKind<VolumeAttachmentType>({
  ...generatedKind('storage.k8s.io', 'v1', 'VolumeAttachment'),
  columns: [
    nameColumn,
    { name: 'Attacher', type: 'string', format: 'name', cell: ({ spec }) => spec.attacher },
    { name: 'PV', type: 'string', cell: ({ spec }) => spec.source.persistentVolumeName ?? '' },
    { name: 'Node', type: 'string', cell: ({ spec }) => spec.nodeName },
    { name: 'Attached', type: 'boolean', cell: ({ status }) => status.attached ?? false },
    ageColumn,
  ],
  strategy: {
    unconditionalUpdate: false,
    generationFields: [],
    prepareForCreate(attachment) {
      attachment.status = { attached: false };
    },
    validate: validateAttachment,
    validateCreate: validateAttachmentCreate,
    validateUpdate: ({ spec }, old) => validateImmutable(spec, old.spec, 'spec'),
    validateStatusUpdate: ({ status }) => validateStatus(status),
  },
});

function validateAttachment({ spec, status }: VolumeAttachmentType): FieldError[] {
  return [
    ...validatePresent(spec.attacher, 'spec.attacher'),
    ...validateSource(spec.source, 'spec.source'),
    ...validateText(spec.nodeName, 'spec.nodeName', dns1123Subdomain),
    ...validateStatus(status),
  ];
}

/** Old objects may carry names that v1 no longer takes. */
function validateAttachmentCreate({ spec }: VolumeAttachmentType): FieldError[] {
  const volume = spec.source.persistentVolumeName;
  return [
    ...validateCsiDriverName(spec.attacher, 'spec.attacher'),
    ...(volume === undefined ? [] : validateText(volume, 'spec.source.persistentVolumeName', dns1123Subdomain)),
  ];
}

function validateSource({ inlineVolumeSpec, persistentVolumeName }: VolumeAttachmentSource, path: string): FieldError[] {
  const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inlineVolumeSpec && persistentVolumeName !== undefined) return [forbidden(path, exactlyOne)];
  if (inlineVolumeSpec) return validateInlineVolumeSpec(inlineVolumeSpec, `${path}.inlineVolumeSpec`);
  if (persistentVolumeName === undefined) return [required(path, exactlyOne)];
  return persistentVolumeName === '' ? [required(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')] : [];
}

function validateStatus({ attachmentMetadata = {}, attachError, detachError }: VolumeAttachmentStatus): FieldError[] {
  const bytes = Object.entries(attachmentMetadata).reduce((sum, [key, value]) => sum + utf8Length(key) + utf8Length(value), 0);
  return [
    ...(bytes > maxMetadataBytes ? [tooLong('status.attachmentMetadata', maxMetadataBytes)] : []),
    ...validateVolumeError(attachError, 'status.attachError'),
    ...validateVolumeError(detachError, 'status.detachError'),
  ];
}

function validateVolumeError(error: VolumeError | undefined, path: string): FieldError[] {
  const problems: FieldError[] = [];
  // The bound in upstream's sentence is the metadata's.
  if (utf8Length(error?.message ?? '') > maxMessageBytes) problems.push(tooLong(`${path}.message`, maxMetadataBytes));
  const code = error?.errorCode;
  if (code !== undefined && code < 0) problems.push(invalid(`${path}.errorCode`, code, rangeDetail(0, largestInt32)));
  return problems;
}
