import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { PersistentVolume, PersistentVolumeSpec } from '../../generated/core/v1.ts';
import { semanticallyEqual, validateImmutable } from '../../semantic-equality.ts';
import { valueDiff } from '../../unified-diff.ts';
import { validateOptionalSupported, validateText } from '../../validation/field-checks.ts';
import { immutableField } from '../../validation/metadata.ts';
import { dns1123Subdomain } from '../../validation/names.ts';
import { volumeSourceOf, volumeSources, validateVolumeSources } from './persistentvolume-source-validation.ts';
import { withStableLabels } from './persistentvolume-node-affinity.ts';
import { resourceEntries, validatePositiveQuantity } from './resource-quantities.ts';
import { validateAccessModes } from './volume-claim-spec-validation.ts';

const reclaimPolicies = ['Delete', 'Recycle', 'Retain'];
const volumeModes = ['Block', 'Filesystem'];

export const validatePersistentVolume = ({ spec, metadata }: PersistentVolume): FieldError[] =>
  validatePersistentVolumeSpec(spec, metadata.name ?? '', 'spec');

function validatePersistentVolumeSpec(spec: PersistentVolumeSpec, name: string, path: string): FieldError[] {
  return [
    ...validateModes(spec, path),
    ...validateCapacity(spec.capacity ?? {}, `${path}.capacity`),
    ...validateOptionalSupported(spec.persistentVolumeReclaimPolicy, `${path}.persistentVolumeReclaimPolicy`, reclaimPolicies),
    ...validateVolumeSources(spec, name, path),
    ...(spec.storageClassName ? validateText(spec.storageClassName, `${path}.storageClassName`, dns1123Subdomain) : []),
    ...validateOptionalSupported(spec.volumeMode, `${path}.volumeMode`, volumeModes),
    ...validateAttributesClass(spec, path),
  ];
}

/** A volume that an attachment brings along: CSI only, and without what makes a volume an object of the cluster. */
export function validateInlineVolumeSpec(spec: PersistentVolumeSpec, path: string): FieldError[] {
  const inline = 'in the context of inline volumes';
  const notHere = (field: keyof PersistentVolumeSpec) => forbidden(`${path}.${field}`, `may not be specified ${inline}`);
  const problems: FieldError[] = [];
  if (spec.claimRef) problems.push(notHere('claimRef'));
  if (Object.keys(spec.capacity ?? {}).length > 0) problems.push(notHere('capacity'));
  if (!spec.csi) problems.push(required(`${path}.csi`, `has to be specified ${inline}`));
  problems.push(...validateModes(spec, path));
  if (spec.persistentVolumeReclaimPolicy && spec.persistentVolumeReclaimPolicy !== 'Retain') {
    problems.push(forbidden(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${inline}`));
  }
  if (spec.nodeAffinity) problems.push(notHere('nodeAffinity'));
  problems.push(...validateVolumeSources({ ...spec, nodeAffinity: undefined }, '', path));
  if (spec.storageClassName) problems.push(notHere('storageClassName'));
  if (spec.volumeMode && spec.volumeMode !== 'Filesystem') {
    problems.push(forbidden(`${path}.volumeMode`, `may not specify volumeMode other than Filesystem ${inline}`));
  }
  return problems;
}

function validateModes({ accessModes = [] }: PersistentVolumeSpec, path: string): FieldError[] {
  return accessModes.length === 0 ? [required(`${path}.accessModes`)] : validateAccessModes(accessModes, `${path}.accessModes`);
}

function validateCapacity(capacity: Readonly<Record<string, string>>, path: string): FieldError[] {
  const names = Object.keys(capacity);
  const problems = names.length === 0 ? [required(path)] : [];
  if (names.length > 1 || capacity['storage'] === undefined) problems.push(notSupported(path, capacity, ['storage']));
  return [...problems, ...resourceEntries(capacity).flatMap(([name, quantity]) => validatePositiveQuantity(quantity, `${path}[${name}]`))];
}

function validateAttributesClass({ volumeAttributesClassName: name, csi }: PersistentVolumeSpec, path: string): FieldError[] {
  if (name === undefined) return [];
  const at = `${path}.volumeAttributesClassName`;
  const problems = name === '' ? [required(at, 'an empty string is disallowed')] : validateText(name, at, dns1123Subdomain);
  return csi ? problems : [...problems, required(`${path}.csi`, 'has to be specified when using volumeAttributesClassName')];
}

/** The source never changes, and the node affinity is set but once. Paths without `spec` are upstream's. */
export function validatePersistentVolumeUpdate({ spec }: PersistentVolume, { spec: old }: PersistentVolume): FieldError[] {
  const problems = validateSourceChange(spec, old);
  problems.push(...validateImmutable(spec.volumeMode, old.volumeMode, 'volumeMode'));
  if (old.nodeAffinity && !semanticallyEqual(withStableLabels(old.nodeAffinity, spec.nodeAffinity), spec.nodeAffinity)) {
    problems.push(invalid('nodeAffinity', spec.nodeAffinity, `${immutableField}, except for updating from beta label to GA`));
  }
  if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined) {
    problems.push(forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'));
  }
  return problems;
}

function validateSourceChange(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): FieldError[] {
  const next = { ...volumeSourceOf(spec) };
  const before = volumeSourceOf(old);
  // The secret for growing a volume may be named later.
  if (before.csi && !before.csi.controllerExpandSecretRef && next.csi?.controllerExpandSecretRef) {
    const { controllerExpandSecretRef: _later, ...csi } = next.csi;
    next.csi = csi;
  }
  if (semanticallyEqual(next, before)) return [];
  const diff = valueDiff(goSource(before), goSource(next));
  return [forbidden('spec.persistentvolumesource', `spec.persistentvolumesource is immutable after creation\n${diff}`)];
}

/** As upstream's diff shows the source: every kind of it, under Go's names, those that are not set as null. */
const goSource = (source: Partial<PersistentVolumeSpec>): unknown =>
  Object.fromEntries(volumeSources.map((name) => [goName(name), source[name] ?? null]));

const goName = (name: string): string =>
  ({
    nfs: 'NFS',
    rbd: 'RBD',
    fc: 'FC',
    csi: 'CSI',
    iscsi: 'ISCSI',
    gcePersistentDisk: 'GCEPersistentDisk',
    awsElasticBlockStore: 'AWSElasticBlockStore',
    cephfs: 'CephFS',
    storageos: 'StorageOS',
  })[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
