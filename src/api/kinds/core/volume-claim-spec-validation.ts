import type { PersistentVolumeClaimSpec } from '../../generated/core/v1.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import { validateOptionalSupported, validatePresent, validateText } from '../../validation/field-checks.ts';
import { validateLabelSelector } from '../../validation/label-selector.ts';
import { dns1123Subdomain } from '../../validation/names.ts';
import { quantityFrom, validatePositiveQuantity } from './resource-quantities.ts';
import { validateResourceName } from './resource-names.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];
const coreSources = ['PersistentVolumeClaim'];

/** Upstream's ValidatePersistentVolumeClaimSpec, of claims and of templates for them. */
export function validateVolumeClaimSpec(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  return [
    ...validateAccessModes(spec.accessModes ?? [], `${path}.accessModes`),
    ...validateLabelSelector(spec.selector, {}, `${path}.selector`),
    ...validateStorageRequest(spec, path),
    ...(spec.storageClassName ? validateText(spec.storageClassName, `${path}.storageClassName`, dns1123Subdomain) : []),
    ...validateOptionalSupported(spec.volumeMode, `${path}.volumeMode`, volumeModes),
    ...validateDataSources(spec, path),
    ...(spec.volumeAttributesClassName
      ? validateText(spec.volumeAttributesClassName, `${path}.volumeAttributesClassName`, dns1123Subdomain)
      : []),
  ];
}

export function validateAccessModes(modes: readonly string[], path: string): FieldError[] {
  if (modes.length === 0) return [required(path, 'at least 1 access mode is required')];
  const problems = modes.filter((mode) => !accessModes.includes(mode)).map((mode) => notSupported(path, mode, accessModes));
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode));
  if (modes.includes('ReadWriteOncePod') && others) {
    problems.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  }
  return problems;
}

function validateStorageRequest(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const storage = spec.resources?.requests?.['storage'];
  if (storage === undefined) return [required(`${path}.resources[storage]`)];
  return [
    ...validateResourceName('storage', `${path}.resources[storage]`),
    ...validatePositiveQuantity(quantityFrom(storage), `${path}.resources[storage]`),
  ];
}

function validateDataSources({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (dataSource) problems.push(...validateDataSource(dataSource, `${path}.dataSource`));
  if (dataSourceRef) {
    problems.push(...validateDataSource(dataSourceRef, `${path}.dataSourceRef`));
    if (dataSourceRef.namespace && dataSource) {
      problems.push(invalid(path, 'dataSource', 'may not be specified when dataSourceRef.namespace is specified'));
    }
  }
  const differs = dataSource && dataSourceRef && !dataSourceRef.namespace && !sameSource(dataSource, dataSourceRef);
  return differs ? [...problems, invalid(path, 'dataSource', 'must match dataSourceRef')] : problems;
}

interface DataSource {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
}

function validateDataSource(source: DataSource, path: string): FieldError[] {
  const problems = [...validatePresent(source.name, `${path}.name`), ...validatePresent(source.kind, `${path}.kind`)];
  const group = source.apiGroup ?? '';
  if (group === '' && !coreSources.includes(source.kind)) {
    problems.push(invalid(path, source.kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  }
  if (group !== '') problems.push(...validateText(group, `${path}.apiGroup`, dns1123Subdomain));
  return problems;
}

const sameSource = (one: DataSource, other: DataSource): boolean =>
  (one.apiGroup ?? '') === (other.apiGroup ?? '') && one.kind === other.kind && one.name === other.name;
